//! The parsed form of an expression.
use super::temporal::Temporal;
use regex_lite::Regex;
use rust_decimal::Decimal;
use std::sync::OnceLock;

/// One node of the tree. Its depth is bounded by the parser.
#[derive(Debug)]
pub(crate) enum Expr {
    /// `{}`
    Empty,
    /// A literal.
    Literal(Literal),
    /// `$this`
    This,
    /// `$index`
    Index,
    /// `$total`
    Total,
    /// `%name`
    Variable(Variable),
    /// `name` at the start of a path: an element of the focus, or the type of the focus itself (`Patient.name`).
    Name(Box<str>),
    /// `focus.name`
    Member(Box<Expr>, Box<str>),
    /// `focus.function(…)`; without a focus the function works on `$this`.
    Call(Option<Box<Expr>>, Call),
    /// `focus[index]`
    Indexer(Box<Expr>, Box<Expr>),
    /// `-operand`
    Negate(Box<Expr>),
    /// `left op right`
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// `operand is Type`
    Is(Box<Expr>, Box<str>),
    /// `operand as Type`, `operand.as(Type)`; keeps the matching items only.
    As(Box<Expr>, Box<str>),
}

/// A literal value.
#[derive(Debug)]
pub(crate) enum Literal {
    Bool(bool),
    Text(Box<str>),
    Integer(i64),
    Decimal(Decimal),
    Temporal(Temporal, Box<str>),
    Quantity(QuantityLiteral),
}

/// `5.4 'mg'`, `4 days`
#[derive(Debug)]
pub(crate) struct QuantityLiteral {
    /// The number.
    pub(crate) value: Decimal,
    /// The unit; calendar words in the singular (`day`).
    pub(crate) unit: Box<str>,
}

/// An environment variable.
#[derive(Debug)]
pub(crate) enum Variable {
    Resource,
    RootResource,
    Context,
    /// A constant text such as `%ucum`.
    Text(Box<str>),
}

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Union,
    And,
    Or,
    Xor,
    Implies,
    Equal,
    NotEqual,
    Equivalent,
    NotEquivalent,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    In,
    Contains,
    Add,
    Subtract,
    Multiply,
    Divide,
    Div,
    Mod,
    Concatenate,
}

/// A function call.
#[derive(Debug)]
pub(crate) struct Call {
    /// Which function.
    pub(crate) function: Function,
    /// Its arguments; as many as the function takes.
    pub(crate) arguments: Vec<Expr>,
    /// The compiled pattern of `matches` and `replaceMatches`, when it is a literal.
    pub(crate) pattern: OnceLock<Option<Regex>>,
}

macro_rules! functions {
    ($($variant:ident $name:literal $min:literal ..= $max:literal),+ $(,)?) => {
        /// The functions.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Function { $($variant),+ }
        impl Function {
            /// By name, with the smallest and largest number of arguments.
            pub(crate) fn by_name(name: &str) -> Option<(Function, usize, usize)> {
                Some(match name { $($name => (Function::$variant, $min, $max),)+ _ => return None })
            }
        }
    };
}

functions! {
    All "all" 1..=1,
    AllFalse "allFalse" 0..=0,
    AllTrue "allTrue" 0..=0,
    AnyFalse "anyFalse" 0..=0,
    AnyTrue "anyTrue" 0..=0,
    Aggregate "aggregate" 1..=2,
    Children "children" 0..=0,
    Combine "combine" 1..=1,
    Contains "contains" 1..=1,
    ConvertsToBoolean "convertsToBoolean" 0..=0,
    ConvertsToDecimal "convertsToDecimal" 0..=0,
    ConvertsToInteger "convertsToInteger" 0..=0,
    ConvertsToString "convertsToString" 0..=0,
    Count "count" 0..=0,
    Descendants "descendants" 0..=0,
    Distinct "distinct" 0..=0,
    Empty "empty" 0..=0,
    EndsWith "endsWith" 1..=1,
    Exclude "exclude" 1..=1,
    Exists "exists" 0..=1,
    Extension "extension" 1..=1,
    First "first" 0..=0,
    HasExtension "hasExtension" 1..=1,
    HasValue "hasValue" 0..=0,
    HtmlChecks "htmlChecks" 0..=0,
    Iif "iif" 2..=3,
    IndexOf "indexOf" 1..=1,
    Intersect "intersect" 1..=1,
    IsDistinct "isDistinct" 0..=0,
    Join "join" 0..=1,
    Last "last" 0..=0,
    Length "length" 0..=0,
    Lower "lower" 0..=0,
    Matches "matches" 1..=1,
    MemberOf "memberOf" 1..=1,
    Not "not" 0..=0,
    Repeat "repeat" 1..=1,
    Replace "replace" 2..=2,
    ReplaceMatches "replaceMatches" 2..=2,
    Resolve "resolve" 0..=0,
    Select "select" 1..=1,
    Single "single" 0..=0,
    Skip "skip" 1..=1,
    StartsWith "startsWith" 1..=1,
    SubsetOf "subsetOf" 1..=1,
    Substring "substring" 1..=2,
    SupersetOf "supersetOf" 1..=1,
    Tail "tail" 0..=0,
    Take "take" 1..=1,
    ToBoolean "toBoolean" 0..=0,
    ToDecimal "toDecimal" 0..=0,
    ToInteger "toInteger" 0..=0,
    ToString "toString" 0..=0,
    Trace "trace" 1..=2,
    Trim "trim" 0..=0,
    Union "union" 1..=1,
    Upper "upper" 0..=0,
    Where "where" 1..=1,
}
