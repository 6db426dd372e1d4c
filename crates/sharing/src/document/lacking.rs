//! What a document needs and the chart does not say: for people, with what to mend and where.
use karute_chart::letter::{At, Section};

/// Something that is missing or cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// 医療機関コード of this institution.
    InstitutionCode,
    /// 診療科 of this institution.
    Department,
    /// 所在地 of this institution.
    Address,
    /// 保険者番号 or 番号.
    InsuredNumber,
    /// 枝番 of a card that always has one.
    Branch,
    /// The number of the card has no form that can be sent.
    InsuredForm,
    /// 労災, 自賠責, 自費 only: the service knows insured persons.
    NotInsured,
    /// 生活保護: needs a level of the guide that is not switched on.
    Welfare,
    /// 氏名
    Name,
    /// 生年月日
    Birth,
    /// 住所
    PatientAddress,
    /// The doctor who is responsible.
    Doctor,
    /// 紹介先 without 医療機関コード.
    Addressee,
    /// A section that a document must hold.
    Section(Section),
    /// A disease without 開始日.
    Onset(String),
    /// A result without value and reason, or without day: its name.
    Result(String),
    /// Nothing to say: a summary without disease or plan.
    Empty,
    /// The content of a file that goes with a letter was not there: its title.
    File(String),
    /// Larger than 10 MB; bytes.
    TooLarge(u64),
}

impl Lacking {
    /// For the person.
    pub fn words(&self) -> String {
        match self {
            Lacking::InstitutionCode => "医療機関コード（10桁）が登録されていません（設定：医療機関）。".to_owned(),
            Lacking::Department => "診療科が登録されていません（設定：院内 → 診療科）。".to_owned(),
            Lacking::Address => "医療機関の所在地が登録されていません（設定：院内）。".to_owned(),
            Lacking::InsuredNumber => {
                "有効な保険の保険者番号・番号がありません（患者情報：保険）。資格確認をしてください。".to_owned()
            }
            Lacking::Branch => {
                "保険の枝番がありません（患者情報：保険）。資格確認をするか、枝番（2桁）を入力してください。".to_owned()
            }
            Lacking::InsuredForm => "保険の記号・番号に送れない文字があります（患者情報：保険）。".to_owned(),
            Lacking::NotInsured => {
                "労災・自賠責・自費のみの患者は、共有サービスでは扱えません。紙で渡してください。".to_owned()
            }
            Lacking::Welfare => {
                "生活保護の患者は、今の設定では共有サービスで扱えません（設定：共有サービス）。".to_owned()
            }
            Lacking::Name => "患者の氏名（漢字またはカナ）がありません（患者情報）。".to_owned(),
            Lacking::Birth => "患者の生年月日がありません（患者情報）。".to_owned(),
            Lacking::PatientAddress => "患者の住所がありません（患者情報）。".to_owned(),
            Lacking::Doctor => "担当した医師がわかりません。診察の担当医を登録してください。".to_owned(),
            Lacking::Addressee => "紹介先の医療機関コード（10桁）がありません。宛先を編集してください。".to_owned(),
            Lacking::Section(section) => format!("「{}」が書かれていません。", section.word()),
            Lacking::Onset(name) => format!("「{name}」の開始日がありません（病名）。"),
            Lacking::Result(name) => format!("「{name}」に検査日または値がありません（検査結果）。"),
            Lacking::Empty => "送る病名または療養計画がありません。".to_owned(),
            Lacking::File(title) => format!("添付「{title}」の内容を読めません。添付し直してください。"),
            Lacking::TooLarge(bytes) => {
                format!("大きすぎます（{:.1} MB）。全体で10 MBまでです。添付を減らしてください。", *bytes as f64 / 1e6)
            }
        }
    }

    /// Where it is mended, for `chart::letter`'s checks.
    pub fn at(&self) -> At {
        match self {
            Lacking::InstitutionCode | Lacking::Department | Lacking::Address => At::Institution,
            Lacking::Addressee => At::To,
            Lacking::Section(section) => At::Section(*section),
            Lacking::TooLarge(_) | Lacking::File(_) => At::Files,
            Lacking::Onset(_) => At::Section(Section::Diseases),
            Lacking::Result(_) => At::Section(Section::Results),
            _ => At::Patient,
        }
    }
}

/// For [`karute_chart::letter::Known::lacking`].
pub fn told(lacking: &[Lacking]) -> Vec<(At, String)> {
    lacking.iter().map(|each| (each.at(), each.words())).collect()
}
