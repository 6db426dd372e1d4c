//! The drugs this clinic prescribes, by ingredient and strength.

/// How a drug is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usage {
    /// Words as printed, JAMI standard usage code of 16 digits, times a day.
    Daily(&'static str, &'static str, u8),
    /// As needed: words.
    AsNeeded(&'static str),
    /// On the skin, in the eye, in the nose: words.
    External(&'static str),
    /// Once a week: words and code.
    Weekly(&'static str, &'static str),
}

pub(crate) const MORNING: Usage = Usage::Daily("1日1回 朝食後", "1011000400000000", 1);
pub(crate) const EVENING: Usage = Usage::Daily("1日1回 夕食後", "1011040000000000", 1);
pub(crate) const BEDTIME: Usage = Usage::Daily("1日1回 就寝前", "1011100000000000", 1);
pub(crate) const RISING: Usage = Usage::Daily("1日1回 起床時", "1011000090000000", 1);
pub(crate) const TWICE: Usage = Usage::Daily("1日2回 朝夕食後", "1012040400000000", 2);
pub(crate) const THRICE: Usage = Usage::Daily("1日3回 毎食後", "1013044400000000", 3);

/// A drug by ingredient and strength.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drug {
    /// First nine characters of the 薬価基準収載医薬品コード: ingredient, form and strength.
    pub(crate) code9: &'static str,
    /// Name by ingredient, as in 一般名処方.
    pub(crate) name: &'static str,
    /// Amount of one dose, as written.
    pub(crate) dose: &'static str,
    /// Unit as shown and its MERIT-9 code (empty where none is used).
    pub(crate) unit: (&'static str, &'static str),
    /// How it is taken.
    pub(crate) usage: Usage,
}

const TABLET: (&str, &str) = ("錠", "TAB");
const CAPSULE: (&str, &str) = ("カプセル", "CAP");
const GRAM: (&str, &str) = ("g", "G");
const SHEET: (&str, &str) = ("枚", "");
const BOTTLE: (&str, &str) = ("瓶", "");
const KIT: (&str, &str) = ("キット", "");

const fn drug(
    code9: &'static str,
    name: &'static str,
    dose: &'static str,
    unit: (&'static str, &'static str),
    usage: Usage,
) -> Drug {
    Drug { code9, name, dose, unit, usage }
}

pub(crate) const AMLODIPINE_2_5: Drug = drug("2171022F1", "アムロジピン錠2.5mg", "1", TABLET, MORNING);
pub(crate) const AMLODIPINE_5: Drug = drug("2171022F2", "アムロジピン錠5mg", "1", TABLET, MORNING);
pub(crate) const TELMISARTAN_40: Drug = drug("2149042F2", "テルミサルタン錠40mg", "1", TABLET, MORNING);
pub(crate) const AZILSARTAN_20: Drug = drug("2149048F1", "アジルサルタン錠20mg", "1", TABLET, MORNING);
pub(crate) const CANDESARTAN_8: Drug = drug("2149040F3", "カンデサルタン錠8mg", "1", TABLET, MORNING);
pub(crate) const BISOPROLOL_2_5: Drug = drug("2123016F1", "ビソプロロールフマル酸塩錠2.5mg", "1", TABLET, MORNING);
pub(crate) const ROSUVASTATIN_2_5: Drug = drug("2189017F1", "ロスバスタチン錠2.5mg", "1", TABLET, EVENING);
pub(crate) const ATORVASTATIN_10: Drug = drug("2189015F2", "アトルバスタチン錠10mg", "1", TABLET, EVENING);
pub(crate) const EZETIMIBE_10: Drug = drug("2189018F1", "エゼチミブ錠10mg", "1", TABLET, EVENING);
pub(crate) const METFORMIN_250: Drug = drug("3962002F2", "メトホルミン塩酸塩錠250mg:MT", "1", TABLET, TWICE);
pub(crate) const METFORMIN_500: Drug = drug("3962002F3", "メトホルミン塩酸塩錠500mg:MT", "1", TABLET, TWICE);
pub(crate) const SITAGLIPTIN_50: Drug = drug("3969010F2", "シタグリプチンリン酸塩錠50mg", "1", TABLET, MORNING);
pub(crate) const LINAGLIPTIN_5: Drug = drug("3969014F1", "リナグリプチン錠5mg", "1", TABLET, MORNING);
pub(crate) const DAPAGLIFLOZIN_5: Drug = drug("3969019F1", "ダパグリフロジン錠5mg", "1", TABLET, MORNING);
pub(crate) const EMPAGLIFLOZIN_10: Drug = drug("3969023F1", "エンパグリフロジン錠10mg", "1", TABLET, MORNING);
pub(crate) const FEBUXOSTAT_10: Drug = drug("3949003F1", "フェブキソスタット錠10mg", "1", TABLET, MORNING);
pub(crate) const FEBUXOSTAT_20: Drug = drug("3949003F2", "フェブキソスタット錠20mg", "1", TABLET, MORNING);
pub(crate) const LEVOTHYROXINE_50: Drug = drug("2431004F1", "レボチロキシンナトリウム錠50μg", "1", TABLET, RISING);
pub(crate) const VONOPRAZAN_10: Drug = drug("2329030F1", "ボノプラザン錠10mg", "1", TABLET, MORNING);
pub(crate) const LANSOPRAZOLE_15: Drug = drug("2329023F1", "ランソプラゾール口腔内崩壊錠15mg", "1", TABLET, MORNING);
pub(crate) const REBAMIPIDE_100: Drug = drug("2329021F1", "レバミピド錠100mg", "1", TABLET, THRICE);
pub(crate) const MAGNESIUM_OXIDE: Drug = drug("2344002X1", "酸化マグネシウム", "0.5", GRAM, THRICE);
pub(crate) const ELOBIXIBAT_5: Drug = drug("2359008F1", "エロビキシバット錠5mg", "2", TABLET, MORNING);
pub(crate) const FEXOFENADINE_60: Drug = drug("4490023F1", "フェキソフェナジン塩酸塩錠60mg", "1", TABLET, TWICE);
pub(crate) const BILASTINE_20: Drug = drug("4490033F1", "ビラスチン錠20mg", "1", TABLET, BEDTIME);
pub(crate) const LEVOCETIRIZINE_5: Drug = drug("4490028F1", "レボセチリジン塩酸塩錠5mg", "1", TABLET, BEDTIME);
pub(crate) const MONTELUKAST_10: Drug = drug("4490026F2", "モンテルカスト錠10mg", "1", TABLET, BEDTIME);
pub(crate) const MOMETASONE_NASAL: Drug =
    drug("1329710Q2", "モメタゾン点鼻液50μg", "1", BOTTLE, Usage::External("1日1回 両鼻に2噴霧ずつ"));
pub(crate) const OLOPATADINE_EYE: Drug =
    drug("1319752Q1", "オロパタジン点眼液0.1％", "1", BOTTLE, Usage::External("1日4回 両目に1滴ずつ点眼"));
pub(crate) const ICS_LABA: Drug = drug(
    "2290803G3",
    "フルチカゾンフランカルボン酸エステル・ビランテロール吸入用",
    "1",
    KIT,
    Usage::External("1日1回 1吸入 吸入後にうがい"),
);
pub(crate) const ZOLPIDEM_5: Drug = drug("1129009F1", "ゾルピデム酒石酸塩錠5mg", "1", TABLET, BEDTIME);
pub(crate) const LEMBOREXANT_5: Drug = drug("1190027F2", "レンボレキサント錠5mg", "1", TABLET, BEDTIME);
pub(crate) const ESCITALOPRAM_10: Drug = drug("1179054F1", "エスシタロプラム錠10mg", "1", TABLET, EVENING);
pub(crate) const DONEPEZIL_5: Drug = drug("1190012F4", "ドネペジル塩酸塩口腔内崩壊錠5mg", "1", TABLET, MORNING);
pub(crate) const ALENDRONATE_35: Drug =
    drug("3999018F2", "アレンドロン酸錠35mg", "1", TABLET, Usage::Weekly("週1回 起床時", "1011000090000000"));
pub(crate) const ELDECALCITOL: Drug = drug("3112006M2", "エルデカルシトールカプセル0.75μg", "1", CAPSULE, MORNING);
pub(crate) const TAMSULOSIN_0_2: Drug = drug("2590008F2", "タムスロシン塩酸塩口腔内崩壊錠0.2mg", "1", TABLET, MORNING);
pub(crate) const MIRABEGRON_50: Drug = drug("2590014F2", "ミラベグロン錠50mg", "1", TABLET, MORNING);
pub(crate) const IRON_50: Drug = drug("3222013F1", "クエン酸第一鉄ナトリウム錠50mg", "1", TABLET, TWICE);
pub(crate) const EDOXABAN_30: Drug = drug("3339002F2", "エドキサバントシル酸塩錠30mg", "1", TABLET, MORNING);
pub(crate) const FUROSEMIDE_20: Drug = drug("2139005F1", "フロセミド錠20mg", "1", TABLET, MORNING);
pub(crate) const CLOPIDOGREL_75: Drug = drug("3399008F2", "クロピドグレル錠75mg", "1", TABLET, MORNING);
pub(crate) const PREGABALIN_75: Drug = drug("1190017F2", "プレガバリン口腔内崩壊錠75mg", "1", TABLET, TWICE);
pub(crate) const LOXOPROFEN_60: Drug = drug("1149019F1", "ロキソプロフェンNa錠60mg", "1", TABLET, THRICE);
pub(crate) const LOXOPROFEN_PRN: Drug =
    drug("1149019F1", "ロキソプロフェンNa錠60mg", "1", TABLET, Usage::AsNeeded("疼痛時 10回分"));
pub(crate) const LOXOPROFEN_TAPE: Drug =
    drug("2649735S3", "ロキソプロフェンNaテープ100mg", "28", SHEET, Usage::External("1日1回 痛いところに貼付"));
pub(crate) const ACETAMINOPHEN_200: Drug =
    drug("1141007F1", "アセトアミノフェン錠200mg", "2", TABLET, Usage::AsNeeded("発熱時 38.0℃以上 10回分"));
pub(crate) const ACETAMINOPHEN_SUPPOSITORY: Drug =
    drug("1141700J2", "アセトアミノフェン坐剤小児用100mg", "1", ("個", ""), Usage::AsNeeded("発熱時 38.5℃以上 5回分"));
pub(crate) const CARBOCISTEINE_500: Drug = drug("2233002F2", "カルボシステイン錠500mg", "1", TABLET, THRICE);
pub(crate) const DEXTROMETHORPHAN_15: Drug =
    drug("2223001F2", "デキストロメトルファン臭化水素酸塩錠15mg", "2", TABLET, THRICE);
pub(crate) const TRANEXAMIC_250: Drug = drug("3327002F1", "トラネキサム酸錠250mg", "1", TABLET, THRICE);
pub(crate) const AMBROXOL_15: Drug = drug("2239001F1", "アンブロキソール塩酸塩錠15mg", "1", TABLET, THRICE);
pub(crate) const CLARITHROMYCIN_200: Drug = drug("6149003F2", "クラリスロマイシン錠200mg", "1", TABLET, TWICE);
pub(crate) const AMOXICILLIN_250: Drug = drug("6131001F2", "アモキシシリン錠250mg", "1", TABLET, THRICE);
pub(crate) const LEVOFLOXACIN_500: Drug = drug("6241013F3", "レボフロキサシン錠500mg", "1", TABLET, MORNING);
pub(crate) const OSELTAMIVIR_75: Drug = drug("6250021M1", "オセルタミビルカプセル75mg", "1", CAPSULE, TWICE);
pub(crate) const VALACICLOVIR_500: Drug = drug("6250019F1", "バラシクロビル錠500mg", "2", TABLET, THRICE);
pub(crate) const DOMPERIDONE_10: Drug =
    drug("2399005F2", "ドンペリドン錠10mg", "1", TABLET, Usage::Daily("1日3回 毎食前", "1013011100000000", 3));
pub(crate) const PROBIOTIC: Drug = drug("2316020F1", "ビフィズス菌錠", "1", TABLET, THRICE);
pub(crate) const BETAHISTINE_6: Drug = drug("1339005F1", "ベタヒスチンメシル酸塩錠6mg", "2", TABLET, THRICE);
pub(crate) const HYDROCORTISONE_OINTMENT: Drug =
    drug("2646717M1", "ヒドロコルチゾン酪酸エステル軟膏0.1％", "10", GRAM, Usage::External("1日2回 患部に塗布"));
pub(crate) const HEPARINOID: Drug =
    drug("3339950M1", "ヘパリン類似物質軟膏0.3％", "50", GRAM, Usage::External("1日2回 全身に塗布"));
pub(crate) const LULICONAZOLE: Drug =
    drug("2655712N1", "ルリコナゾールクリーム1％", "10", GRAM, Usage::External("1日1回 患部に塗布"));
