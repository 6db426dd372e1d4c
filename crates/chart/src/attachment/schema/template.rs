//! Line drawings of parts of the body, drawn by us on a paper of 640 by 480.

/// What is drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// 人体（前・後）
    Body,
    /// 手
    Hand,
    /// 足
    Foot,
    /// 膝
    Knee,
    /// 眼
    Eye,
    /// 耳
    Ear,
    /// 腹部
    Abdomen,
    /// 口腔
    Mouth,
    /// 白紙
    Blank,
}

impl Template {
    /// All, in the order shown.
    pub const ALL: [Template; 9] = [
        Template::Body,
        Template::Hand,
        Template::Foot,
        Template::Knee,
        Template::Eye,
        Template::Ear,
        Template::Abdomen,
        Template::Mouth,
        Template::Blank,
    ];

    /// Code of forms and of what is kept.
    pub const fn code(self) -> &'static str {
        match self {
            Template::Body => "body",
            Template::Hand => "hand",
            Template::Foot => "foot",
            Template::Knee => "knee",
            Template::Eye => "eye",
            Template::Ear => "ear",
            Template::Abdomen => "abdomen",
            Template::Mouth => "mouth",
            Template::Blank => "blank",
        }
    }

    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Template::Body => "人体（前・後）",
            Template::Hand => "手",
            Template::Foot => "足",
            Template::Knee => "膝",
            Template::Eye => "眼",
            Template::Ear => "耳",
            Template::Abdomen => "腹部",
            Template::Mouth => "口腔",
            Template::Blank => "白紙",
        }
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<Template> {
        Template::ALL.into_iter().find(|template| template.code() == code)
    }

    /// Its lines, as the inside of an SVG group.
    pub const fn lines(self) -> &'static str {
        match self {
            Template::Body => include_str!("lines/body.svg"),
            Template::Hand => include_str!("lines/hand.svg"),
            Template::Foot => include_str!("lines/foot.svg"),
            Template::Knee => include_str!("lines/knee.svg"),
            Template::Eye => include_str!("lines/eye.svg"),
            Template::Ear => include_str!("lines/ear.svg"),
            Template::Abdomen => include_str!("lines/abdomen.svg"),
            Template::Mouth => include_str!("lines/mouth.svg"),
            Template::Blank => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_hold_lines_and_nothing_else() {
        for template in Template::ALL {
            assert_eq!(Template::parse(template.code()), Some(template));
            let lines = template.lines();
            for tag in lines.split('<').skip(1) {
                let known = ["path ", "circle ", "ellipse ", "text ", "/text", "g ", "/g"];
                assert!(known.iter().any(|k| tag.starts_with(k)), "{} <{tag}", template.code());
            }
            assert!(!lines.contains("href") && !lines.contains("style"), "{}", template.code());
        }
    }
}
