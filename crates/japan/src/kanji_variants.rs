//! Kanji that are variants of one another, as they occur in names of people and places.
//!
//! Each group begins with the character that stands for all of it in search keys. The groups follow the old and new
//! forms of the 常用漢字表 and 人名用漢字 lists and the variants (異体字) that family registers use. Groups that
//! Unicode's own compatibility mappings join already (神 and U+FA19) are not repeated.
use std::sync::LazyLock;

/// Groups separated by spaces.
const GROUPS: &str = "\
辺邊邉 高髙 崎﨑嵜碕 斉齋齊斎亝 沢澤 浜濱濵 広廣 国國圀囯 島嶋嶌㠀 条條 真眞 恵惠 栄榮 桜櫻 滝瀧 竜龍龒 寿壽 \
徳德悳 仮假 浅淺 万萬 与與 円圓 鉄鐵銕鐡 蔵藏 曽曾 富冨 峰峯 桑桒 吉𠮷 橋槗𣘺 柳栁桺 梅楳 館舘 船舩 塩鹽 \
鶴靏靍鸖 芦蘆 渕淵渊 裏裡 涌湧 煙烟 穂穗 秋穐龝 黒黑 寛寬 児兒 瀬瀨 頼賴 巌巖 関關 横橫 緑綠 録錄 蒋蔣 禄祿 \
翻飜 間閒 晋晉 静靜 薫薰 郷鄕 青靑 清淸 教敎 亜亞 悪惡 圧壓 囲圍 為爲 医醫 壱壹 隠隱 営營 衛衞 駅驛 縁緣 \
艶艷豔 応應 欧歐 殴毆 奥奧 温溫 穏穩 価價 画畫劃 会會 壊壞 懐懷 絵繪 拡擴 殻殼 覚覺 学學斈 岳嶽 楽樂 勧勸 \
巻卷 歓歡 観觀 陥陷 缶罐 帰歸 気氣 亀龜 偽僞 戯戲 犠犧 旧舊 拠據 挙擧 峡峽 挟挾 狭狹 暁曉 区區 駆驅 勲勳 \
群羣 径徑 渓溪谿 経經 継繼 茎莖 蛍螢 軽輕 鶏鷄雞 芸藝 撃擊 欠缺 倹儉 剣劍劔剱劒 圏圈 検檢 権權 献獻 県縣 \
険險 顕顯 験驗 厳嚴 効效 恒恆 鉱鑛礦 号號 済濟 砕碎 剤劑 冴冱 雑雜 参參 惨慘 桟棧 蚕蠶 賛贊 残殘 糸絲 歯齒 \
辞辭 湿濕 実實寔 写寫冩 釈釋 収收 従從 渋澁 獣獸 縦縱 粛肅 処處 叙敍 奨奬 将將 床牀 焼燒 称稱 証證 乗乘 剰剩 \
壌壤 嬢孃 浄淨 畳疊 穣穰 譲讓 醸釀 嘱囑 触觸 慎愼 寝寢 尽盡 図圖 粋粹 酔醉 随隨 髄髓 枢樞 数數 声聲 摂攝 \
窃竊 専專 戦戰 潜潛 繊纖 践踐 銭錢 禅禪 双雙 壮壯 捜搜 挿插 巣巢 争爭 総總惣緫 聡聰 荘莊 装裝 騒騷 増增 臓臟 \
属屬 続續 堕墮 体體躰軆 対對 帯帶 滞滯 台臺 択擇 担擔 単單 団團 弾彈 断斷 痴癡 遅遲 昼晝 虫蟲 鋳鑄 庁廳 聴聽 \
勅敕 鎮鎭 逓遞 転轉 点點 伝傳 灯燈 当當 党黨 盗盜 稲稻 闘鬪 独獨 読讀 届屆 縄繩 弐貳 妊姙 悩惱 脳腦 拝拜 \
廃廢 売賣 麦麥 発發 髪髮 抜拔 蛮蠻 秘祕 払拂 仏佛 併倂 並竝 変變 弁辨瓣辯 舗舖 歩步 宝寶寳 豊豐 褒襃 毎每 \
満滿 黙默 弥彌 薬藥 訳譯 予豫 余餘 誉譽 揺搖 様樣 謡謠 来來 乱亂 覧覽 両兩 猟獵 塁壘 励勵 礼禮 隷隸 霊靈 \
齢齡 恋戀 炉爐 労勞 楼樓 湾灣 呉吳 娯娛 黄黃 内內 戻戾 涙淚 冊册 産產 顔顏 姫姬 即卽 既旣 飲飮 歴歷 暦曆 \
砺礪 蛎蠣 桧檜 槙槇 尭堯 遥遙 瑶瑤 亘亙 凛凜 祢禰 祷禱 萌萠 篭籠 薮藪籔 壷壺 麹麴 麺麵 頬頰 掴摑 嘘噓 涛濤 \
迩邇 諌諫 頴穎 鴬鶯 鴎鷗 蝉蟬 蝋蠟 靭靱 頚頸 侠俠 倶俱 剥剝 呑吞 嚢囊 填塡 屏屛 屡屢 并幷 掻搔 梼檮 溌潑 \
焔焰 痩瘦 箪簞 繋繫 繍繡 莱萊 讃讚 賎賤 躯軀 醤醬 騨驒 竈竃 鯵鰺 樽罇 鎌鐮 杉椙 松枩柗 柿柹 栢柏 梁樑 坪坥 \
畑畠 岡崗 丘坵 岩嵒嵓 嶺岺 籏旗 節莭 緒緖 肇肈 苅刈 薗園 虎乕 角⻆ 覇霸 郎郞 鈎鉤 鎗槍 長镸 晃晄 昂昻 昇曻 \
村邨 杯盃 歳歲 毘毗 猪豬 留畄 蓑簑 蟹蠏 蠅蝿 野埜 雁鴈 餅餠 凉涼 函凾 刑𠛬 卯夘 厩廐廏 叱𠮟 唖啞 啓啟 喜㐂 \
噛嚙 妙玅 姉姊 宜冝 宮宫 庵菴 廉亷 強强 彦彥 悦悅 戸戶 最㝡 沖冲 猫貓 珍珎 瓶甁 町甼 研硏 窓窗牕 竪豎 紙帋 \
脚腳 舎舍 草艸 荊荆 蓋葢 蛇虵 西覀 解觧 迪廸 鋭銳 陰隂 鬱欝 鼓皷 濶闊 撹攪 潅灌 箇个 糺糾 絋纊 臈臘 苺莓 \
蕊蘂 賓賔 跡迹 踪蹤 輌輛 輩軰 遡溯 醗醱 釡釜 銹錆 閧鬨 隙𨻶 隣鄰 韮韭 鵞鵝 鹸鹼 麁麤 鼈鱉 崙崘 幇幫 弯彎 \
慙慚 慾欲 憇憩 懴懺 拿拏 昿曠 曵曳 杤栃 枡桝 枦櫨 栖棲 桿杆 棊碁 椀碗 櫓艪 殱殲 潴瀦 烱炯 爼俎 牋箋 犂犁 \
狢貉 畧略 畴疇 疏疎 皋皐 稟禀 窰窯 筝箏 筍笋 纒纏 翆翠 聨聯 胆膽 舮艫 茘荔 蒭芻 蕚萼 蟇蟆 覊羈 讐讎 踊踴 \
釐厘 鈩鑪 鑒鑑 頽頹 鶫鶇 麩麸 回囘廻 欅﨔 土圡𡈽 第㐧苐 泰𣳾 魚𩵋 世丗卋 卒卆 達逹 曹曺 婿壻聟 映暎 風凬 \
同仝 兎兔莵 冒冐 減减 決决 況况 準凖 怪恠 厨廚 厠廁 厦廈 峨峩 廟庿 掲揭 朗朖 熙煕凞 恥耻 刀釖 鉛鈆 儘侭 考攷 \
仞仭 墻牆 幣幤 彝彜";

/// (variant, representative), sorted by variant.
static VARIANTS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let mut pairs: Vec<(char, char)> = GROUPS
        .split_whitespace()
        .flat_map(|group| {
            let mut members = group.chars();
            let head = members.next();
            members.filter_map(move |variant| head.map(|head| (variant, head)))
        })
        .filter(|(variant, head)| variant != head)
        .collect();
    pairs.sort_unstable();
    pairs
});

/// The character that stands for `c` and its variants in a search key.
pub(crate) fn representative(c: char) -> char {
    let found = VARIANTS.binary_search_by_key(&c, |(variant, _)| *variant).ok();
    found.and_then(|index| VARIANTS.get(index)).map_or(c, |(_, head)| *head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn no_character_stands_in_two_groups_and_every_group_joins_something() {
        let mut seen = HashSet::new();
        for group in GROUPS.split_whitespace() {
            assert!(group.chars().count() > 1, "{group}");
            for c in group.chars() {
                assert!(seen.insert(c), "{c} of {group}");
                assert!(std::iter::once(c).nfkc().eq(std::iter::once(c)), "{c} is normalised away before it gets here");
            }
        }
        assert!(VARIANTS.len() > 550);
    }

    #[test]
    fn variants_of_common_names_are_one() {
        for (variant, common) in
            [('邊', '辺'), ('﨑', '崎'), ('髙', '高'), ('齋', '斉'), ('斎', '斉'), ('𠮷', '吉'), ('圡', '土')]
        {
            assert_eq!(representative(variant), common);
            assert_eq!(representative(common), common);
        }
        assert_eq!(representative('あ'), 'あ');
    }
}
