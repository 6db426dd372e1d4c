//! What is said about a finding: what is wrong, then what to do. Never a value of the record.

pub(super) const NOT_AN_OBJECT: &str = "オブジェクト { } でなければならない要素です。形を直してください。";
pub(super) const NO_RESOURCE_TYPE: &str = "resourceType がありません。FHIR R4 のリソース型名を文字列で入れてください。";
pub(super) const UNKNOWN_RESOURCE_TYPE: &str =
    "FHIR R4 にないリソース型です。resourceType のつづりと大文字・小文字を確かめてください。";
pub(super) const TOO_DEEP: &str = "入れ子が深すぎます。構造を浅くしてください。";
pub(super) const UNKNOWN_ELEMENT: &str =
    "FHIR R4 の定義にない要素です。要素名の誤りを直すか、取り除くか、拡張 (extension) を使ってください。";
pub(super) const NO_SIBLING: &str =
    "「_」で始まる要素は、文字列・数値・真偽値の要素にだけ付けられます。取り除いてください。";
pub(super) const MISSING: &str = "必須の要素がありません。値を入れてください。";
pub(super) const SEVERAL_CHOICES: &str = "型が選べる要素に、二つ以上の型の値があります。一つだけ残してください。";
pub(super) const EMPTY_OBJECT: &str = "空のオブジェクトです。値を入れるか、要素ごと省いてください。";
pub(super) const ONLY_ID: &str = "id だけで中身のない要素です (規則 ele-1)。値を入れるか、要素ごと省いてください。";
pub(super) const EMPTY_ARRAY: &str = "空の配列です。値を入れるか、要素ごと省いてください。";
pub(super) const NULL: &str = "null は使えません。値がない要素は省いてください。";
pub(super) const NOT_AN_ARRAY: &str = "繰り返しのある要素です。値が一つでも配列 [ ] にしてください。";
pub(super) const AN_ARRAY: &str = "繰り返しのない要素です。配列ではなく、値を一つだけ入れてください。";
pub(super) const NOT_ALIGNED: &str =
    "値の配列と「_」付きの配列の長さが違います。同じ長さにし、ない側には null を入れてください。";
pub(super) const WRONG_JSON_TYPE: &str = "JSON の型が違います。定義の型 (文字列・数値・真偽値) に合わせてください。";
pub(super) const CODE_NOT_ALLOWED: &str =
    "使えるコードが決まっている要素に、値セットにないコードがあります。定義のコードから選んでください。";
pub(super) const CONCEPT_NOT_ALLOWED: &str =
    "使えるコードが決まっている要素です。値セットにある system と code の組を coding に一つ以上入れてください。";
pub(super) const REFERENCE_FORM: &str =
    "参照の形が正しくありません。「型名/ID」、「#contained の ID」、urn:uuid または完全な URL にしてください。";
pub(super) const REFERENCE_TARGET: &str =
    "この要素から参照できない型のリソースを指しています。定義で許された型を指してください。";
pub(super) const REFERENCE_TYPE: &str = "reference の指す型と type が食い違っています。どちらかを直してください。";
pub(super) const NOT_CONTAINED: &str =
    "「#」で指した contained リソースがありません (規則 ref-1)。ID を確かめてください。";
pub(super) const NESTED_CONTAINED: &str =
    "contained の中にさらに contained は置けません (規則 dom-2)。外側の contained に移してください。";
pub(super) const CONTAINED_ID: &str =
    "contained リソースの id がないか、重なっています。一つずつ違う id を付けてください。";
pub(super) const CONTAINED_UNUSED: &str =
    "どこからも参照されていない contained リソースです (規則 dom-3)。「#id」で参照するか、取り除いてください。";
pub(super) const CONTAINED_META: &str =
    "contained リソースに versionId・lastUpdated は持てません (規則 dom-4)。取り除いてください。";
pub(super) const CONTAINED_SECURITY: &str =
    "contained リソースにセキュリティラベルは持てません (規則 dom-5)。取り除いてください。";
pub(super) const EXTENSION_VALUE: &str =
    "拡張には値 (value) か入れ子の extension のどちらか一方だけが要ります (規則 ext-1)。";
pub(super) const EXTENSION_URL: &str = "拡張の url は完全な URI でなければなりません。定義の URL を入れてください。";
