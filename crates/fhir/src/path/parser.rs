//! Tokens to tree.
use super::ast::{Call, Expr, Function, Literal, Operator, QuantityLiteral, Variable};
use super::lexer::{Token, tokens};
use super::temporal::Temporal;
use super::{MAX_DEPTH, MAX_TEXT, PathError};
use std::sync::OnceLock;

/// Parses a whole expression.
pub(super) fn parse(text: &str) -> Result<Expr, PathError> {
    if text.len() > MAX_TEXT {
        return Err(PathError::at(MAX_TEXT, "the expression is too long"));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens, at: 0, nesting: 0, end: text.len() };
    let tree = parser.expression(0)?;
    match parser.tokens.get(parser.at) {
        None => Ok(tree.expr),
        Some((offset, _)) => Err(PathError::at(*offset, "something follows the expression")),
    }
}

/// A subtree and how deep it is.
struct Tree {
    expr: Expr,
    depth: usize,
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    at: usize,
    nesting: usize,
    end: usize,
}

/// Strength of binding of `is` and `as`, between the others (FHIRPath N1 §6.9).
const TYPE_LEVEL: usize = 7;

/// An operator and its strength of binding, weakest first.
fn operator(token: &Token) -> Option<(usize, Operator)> {
    use Operator as O;
    let word = match token {
        Token::Name(name) => name.as_str(),
        Token::Symbol(symbol) => symbol,
        _ => return None,
    };
    Some(match word {
        "implies" => (0, O::Implies),
        "or" => (1, O::Or),
        "xor" => (1, O::Xor),
        "and" => (2, O::And),
        "in" => (3, O::In),
        "contains" => (3, O::Contains),
        "=" => (4, O::Equal),
        "!=" => (4, O::NotEqual),
        "~" => (4, O::Equivalent),
        "!~" => (4, O::NotEquivalent),
        ">" => (5, O::Greater),
        "<" => (5, O::Less),
        ">=" => (5, O::GreaterOrEqual),
        "<=" => (5, O::LessOrEqual),
        "|" => (6, O::Union),
        "+" => (8, O::Add),
        "-" => (8, O::Subtract),
        "&" => (8, O::Concatenate),
        "*" => (9, O::Multiply),
        "/" => (9, O::Divide),
        "div" => (9, O::Div),
        "mod" => (9, O::Mod),
        _ => return None,
    })
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn offset(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |(offset, _)| *offset)
    }

    fn error<T>(&self, message: &'static str) -> Result<T, PathError> {
        Err(PathError::at(self.offset(), message))
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.at += 1;
        token
    }

    fn take(&mut self, symbol: &'static str) -> bool {
        let found = self.peek() == Some(&Token::Symbol(symbol));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &'static str, message: &'static str) -> Result<(), PathError> {
        if self.take(symbol) { Ok(()) } else { self.error(message) }
    }

    /// Joins subtrees under a new node.
    fn join(&self, expr: Expr, below: usize) -> Result<Tree, PathError> {
        if below >= MAX_DEPTH {
            self.error("the expression is too deeply nested")
        } else {
            Ok(Tree { expr, depth: below + 1 })
        }
    }

    /// An expression of operators that bind at least as strongly as `weakest`.
    fn expression(&mut self, weakest: usize) -> Result<Tree, PathError> {
        self.nesting += 1;
        if self.nesting > MAX_DEPTH {
            return self.error("the expression is too deeply nested");
        }
        let mut left = self.unary()?;
        loop {
            if let Some(Token::Name(word)) = self.peek()
                && weakest <= TYPE_LEVEL
                && (word == "is" || word == "as")
            {
                let cast = if word == "is" { Expr::Is } else { Expr::As };
                self.at += 1;
                let name = self.type_name()?;
                left = self.join(cast(Box::new(left.expr), name), left.depth)?;
                continue;
            }
            match self.peek().and_then(operator) {
                Some((level, operator)) if level >= weakest => {
                    self.at += 1;
                    let right = self.expression(level + 1)?;
                    let depth = left.depth.max(right.depth);
                    left = self.join(Expr::Binary(operator, Box::new(left.expr), Box::new(right.expr)), depth)?;
                }
                _ => break,
            }
        }
        self.nesting -= 1;
        Ok(left)
    }

    fn unary(&mut self) -> Result<Tree, PathError> {
        let mut negative = false;
        loop {
            if self.take("-") {
                negative = !negative;
            } else if !self.take("+") {
                break;
            }
        }
        let operand = self.path()?;
        if negative { self.join(Expr::Negate(Box::new(operand.expr)), operand.depth) } else { Ok(operand) }
    }

    /// A term and everything that follows it with `.` or `[`.
    fn path(&mut self) -> Result<Tree, PathError> {
        let mut tree = self.term()?;
        loop {
            if self.take(".") {
                let at = self.offset();
                match self.next() {
                    Some(Token::Name(name)) if self.peek() == Some(&Token::Symbol("(")) => {
                        tree = self.call(Some(tree), &name, at)?;
                    }
                    Some(Token::Name(name) | Token::Quoted(name)) => {
                        tree = self.join(Expr::Member(Box::new(tree.expr), name.into()), tree.depth)?;
                    }
                    _ => return Err(PathError::at(at, "a name is missing after the dot")),
                }
            } else if self.take("[") {
                let index = self.expression(0)?;
                self.expect("]", "the bracket is not closed")?;
                let depth = tree.depth.max(index.depth);
                tree = self.join(Expr::Indexer(Box::new(tree.expr), Box::new(index.expr)), depth)?;
            } else {
                return Ok(tree);
            }
        }
    }

    fn term(&mut self) -> Result<Tree, PathError> {
        let at = self.offset();
        let expr = match self.next() {
            Some(Token::Symbol("(")) => {
                let inner = self.expression(0)?;
                self.expect(")", "the parenthesis is not closed")?;
                return Ok(inner);
            }
            Some(Token::Symbol("{")) => {
                self.expect("}", "only an empty collection can be written in braces")?;
                Expr::Empty
            }
            Some(Token::Text(text)) => Expr::Literal(Literal::Text(text.into())),
            Some(Token::Number(number)) => Expr::Literal(self.number(&number, at)?),
            Some(Token::Temporal(text)) => match Temporal::literal(&text) {
                Some(temporal) => Expr::Literal(Literal::Temporal(temporal, text.into())),
                None => return Err(PathError::at(at, "not a date or time")),
            },
            Some(Token::Special(name)) => match name.as_str() {
                "this" => Expr::This,
                "index" => Expr::Index,
                "total" => Expr::Total,
                _ => return Err(PathError::at(at, "an unknown $ word")),
            },
            Some(Token::Variable(name)) => {
                Expr::Variable(variable(&name).ok_or_else(|| PathError::at(at, "an unknown environment variable"))?)
            }
            Some(Token::Name(name)) => {
                if self.peek() == Some(&Token::Symbol("(")) {
                    return self.call(None, &name, at);
                }
                match name.as_str() {
                    "true" => Expr::Literal(Literal::Bool(true)),
                    "false" => Expr::Literal(Literal::Bool(false)),
                    _ => Expr::Name(name.into()),
                }
            }
            Some(Token::Quoted(name)) => Expr::Name(name.into()),
            _ => return Err(PathError::at(at, "a value, a name or a parenthesis is missing")),
        };
        self.join(expr, 0)
    }

    /// A number, or a quantity when a unit follows.
    fn number(&mut self, number: &str, at: usize) -> Result<Literal, PathError> {
        let bad = || PathError::at(at, "a number with too many digits");
        let unit = match self.peek() {
            Some(Token::Text(unit)) => Some(unit.clone()),
            Some(Token::Name(word)) => calendar_unit(word).map(str::to_owned),
            _ => None,
        };
        if let Some(unit) = unit {
            self.at += 1;
            let value = rust_decimal::Decimal::from_str_exact(number).map_err(|_| bad())?;
            return Ok(Literal::Quantity(QuantityLiteral { value, unit: unit.into() }));
        }
        if number.contains('.') {
            rust_decimal::Decimal::from_str_exact(number).map(Literal::Decimal).map_err(|_| bad())
        } else {
            number.parse().map(Literal::Integer).map_err(|_| bad())
        }
    }

    /// `Type` or `FHIR.Type` or `System.Type`; the name without its namespace.
    fn type_name(&mut self) -> Result<Box<str>, PathError> {
        let at = self.offset();
        let Some(Token::Name(mut name) | Token::Quoted(mut name)) = self.next() else {
            return Err(PathError::at(at, "the name of a type is missing"));
        };
        if matches!(name.as_str(), "FHIR" | "System") && self.take(".") {
            match self.next() {
                Some(Token::Name(inner) | Token::Quoted(inner)) => name = inner,
                _ => return Err(PathError::at(at, "the name of a type is missing")),
            }
        }
        Ok(name.into())
    }

    fn call(&mut self, focus: Option<Tree>, name: &str, at: usize) -> Result<Tree, PathError> {
        self.expect("(", "the arguments are missing")?;
        if matches!(name, "is" | "as" | "ofType") {
            let kind = self.type_name()?;
            self.expect(")", "the parenthesis is not closed")?;
            let (focus, depth) = focus.map_or((Expr::This, 1), |tree| (tree.expr, tree.depth));
            let cast = if name == "is" { Expr::Is } else { Expr::As };
            return self.join(cast(Box::new(focus), kind), depth);
        }
        let (function, min, max) =
            Function::by_name(name).ok_or_else(|| PathError::at(at, "a function that is not known"))?;
        let mut arguments = Vec::new();
        let mut depth = focus.as_ref().map_or(0, |tree| tree.depth);
        if !self.take(")") {
            loop {
                let argument = self.expression(0)?;
                depth = depth.max(argument.depth);
                arguments.push(argument.expr);
                if !self.take(",") {
                    break;
                }
            }
            self.expect(")", "the parenthesis is not closed")?;
        }
        if !(min..=max).contains(&arguments.len()) {
            return Err(PathError::at(at, "the function does not take this number of arguments"));
        }
        let call = Call { function, arguments, pattern: OnceLock::new() };
        self.join(Expr::Call(focus.map(|tree| Box::new(tree.expr)), call), depth)
    }
}

fn variable(name: &str) -> Option<Variable> {
    Some(match name {
        "resource" => Variable::Resource,
        "rootResource" => Variable::RootResource,
        "context" => Variable::Context,
        "sct" => Variable::Text("http://snomed.info/sct".into()),
        "loinc" => Variable::Text("http://loinc.org".into()),
        "ucum" => Variable::Text("http://unitsofmeasure.org".into()),
        _ => {
            let (prefix, base) = [
                ("vs-", "http://hl7.org/fhir/ValueSet/"),
                ("cs-", "http://hl7.org/fhir/CodeSystem/"),
                ("ext-", "http://hl7.org/fhir/StructureDefinition/"),
            ]
            .into_iter()
            .find(|(prefix, _)| name.starts_with(prefix))?;
            Variable::Text(format!("{base}{}", name.strip_prefix(prefix)?).into())
        }
    })
}

fn calendar_unit(word: &str) -> Option<&str> {
    let singular = word.strip_suffix('s').unwrap_or(word);
    matches!(singular, "year" | "month" | "week" | "day" | "hour" | "minute" | "second" | "millisecond")
        .then_some(singular)
}
