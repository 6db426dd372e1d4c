//! Evaluation.
use super::ast::{Expr, Literal, Operator, Variable};
use super::compare;
use super::item::{Item, Items, Node, QuantityItem, TemporalItem};
use super::types;
use super::{functions, operators};
use karute_json::Value;
use std::borrow::Cow;

/// Why an evaluation came to no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// It took more steps or memory than allowed.
    #[error("the evaluation takes too long")]
    Budget,
    /// Several items where one is expected.
    #[error("several items where one is expected")]
    Singleton,
    /// A value of a type that the operation does not take.
    #[error("a value of an unsuitable type")]
    Type,
}

/// What an expression can see.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'v> {
    /// `%rootResource`: the resource itself, or the one that contains it.
    pub root: Node<'v>,
    /// `%resource`
    pub resource: Node<'v>,
    /// `%context`: the element it starts from.
    pub context: Node<'v>,
}

impl<'v> Scope<'v> {
    /// A whole resource.
    pub fn of(resource: &'v Value<'v>) -> Scope<'v> {
        let resource = Node::new(resource);
        Scope { root: resource, resource, context: resource }
    }
    /// The same resource, starting from one of its elements.
    #[must_use]
    pub fn at(self, context: Node<'v>) -> Scope<'v> {
        Scope { context, ..self }
    }
}

/// Steps of one evaluation; a step is some tens of nanoseconds.
const MAX_STEPS: u64 = 1_000_000;
/// Bytes of a computed text.
const MAX_TEXT: usize = 1 << 20;

/// What is left of the steps.
pub(super) struct Budget(u64);

impl Budget {
    pub(super) fn spend(&mut self, steps: u64) -> Result<(), EvalError> {
        self.0 = self.0.checked_sub(steps).ok_or(EvalError::Budget)?;
        Ok(())
    }
    /// For work on a text of this many bytes.
    pub(super) fn spend_text(&mut self, bytes: usize) -> Result<(), EvalError> {
        if bytes > MAX_TEXT {
            return Err(EvalError::Budget);
        }
        self.spend(1 + bytes as u64 / 16)
    }
}

/// `$this`, `$index` and `$total`.
#[derive(Clone, Copy)]
pub(super) struct Focus<'f, 'v> {
    pub(super) this: &'f Items<'v>,
    pub(super) index: Option<usize>,
    pub(super) total: Option<&'f Items<'v>>,
}

/// One evaluation.
pub(super) struct Evaluation<'s, 'v> {
    pub(super) scope: &'s Scope<'v>,
    pub(super) budget: Budget,
}

type Outcome<'v> = Result<Items<'v>, EvalError>;

impl<'v> Evaluation<'_, 'v> {
    /// Evaluates a whole expression.
    pub(super) fn run(expr: &'v Expr, scope: &Scope<'v>) -> Outcome<'v> {
        let mut evaluation = Evaluation { scope, budget: Budget(MAX_STEPS) };
        let this = Items::One(Item::Node(scope.context));
        evaluation.eval(expr, Focus { this: &this, index: None, total: None })
    }

    pub(super) fn eval(&mut self, expr: &'v Expr, focus: Focus<'_, 'v>) -> Outcome<'v> {
        self.budget.spend(1)?;
        match expr {
            Expr::Empty => Ok(Items::None),
            Expr::Literal(literal) => Ok(Items::One(item(literal))),
            Expr::This => Ok(focus.this.clone()),
            Expr::Index => Ok(focus.index.map(|index| Item::Integer(index as i64)).into()),
            Expr::Total => Ok(focus.total.cloned().unwrap_or_default()),
            Expr::Variable(variable) => Ok(Items::One(match variable {
                Variable::Resource => Item::Node(self.scope.resource),
                Variable::RootResource => Item::Node(self.scope.root),
                Variable::Context => Item::Node(self.scope.context),
                Variable::Text(text) => Item::Text(Cow::Borrowed(text)),
            })),
            Expr::Name(name) => self.name(name, focus.this),
            Expr::Member(inner, name) => {
                let inner = self.eval(inner, focus)?;
                self.members(&inner, name)
            }
            Expr::Call(None, call) => functions::call(self, call, focus.this.clone(), focus),
            Expr::Call(Some(inner), call) => {
                let input = self.eval(inner, focus)?;
                functions::call(self, call, input, focus)
            }
            Expr::Indexer(inner, index) => {
                let inner = self.eval(inner, focus)?;
                let index = self.eval(index, focus)?;
                let index = single(&index)?.map(|item| item.as_integer().ok_or(EvalError::Type)).transpose()?;
                let index = index.and_then(|index| usize::try_from(index).ok());
                Ok(index.and_then(|index| inner.into_iter().nth(index)).into())
            }
            Expr::Negate(inner) => {
                let inner = self.eval(inner, focus)?;
                operators::negate(&inner)
            }
            Expr::Binary(operator, left, right) => self.binary(*operator, left, right, focus),
            Expr::Is(inner, wanted) => {
                let inner = self.eval(inner, focus)?;
                Ok(single(&inner)?.map(|item| Item::Bool(is_a(item, wanted))).into())
            }
            Expr::As(inner, wanted) => {
                let inner = self.eval(inner, focus)?;
                self.budget.spend(inner.len() as u64)?;
                Ok(inner.into_iter().filter(|item| is_a(item, wanted)).collect())
            }
        }
    }

    /// An element of the focus; or the focus itself, when the name is its type (`Patient.name`).
    fn name(&mut self, name: &str, this: &Items<'v>) -> Outcome<'v> {
        if name.starts_with(|c: char| c.is_ascii_uppercase()) {
            let own: Items<'v> = this.iter().filter(|item| is_resource_called(item, name)).cloned().collect();
            if !own.is_empty() {
                return Ok(own);
            }
        }
        self.members(this, name)
    }

    pub(super) fn members(&mut self, items: &Items<'v>, name: &str) -> Outcome<'v> {
        let mut out = Items::None;
        for item in items.iter() {
            if let Item::Node(node) = item {
                node.child(name, &mut out);
            }
            self.budget.spend(1)?;
        }
        self.budget.spend(out.len() as u64)?;
        Ok(out)
    }

    fn binary(&mut self, operator: Operator, left: &'v Expr, right: &'v Expr, focus: Focus<'_, 'v>) -> Outcome<'v> {
        if matches!(operator, Operator::And | Operator::Or | Operator::Xor | Operator::Implies) {
            return self.logic(operator, left, right, focus);
        }
        let left = self.eval(left, focus)?;
        let right = self.eval(right, focus)?;
        let budget = &mut self.budget;
        Ok(match operator {
            Operator::Equal => compare::all_equal(&left, &right, budget)?.map(Item::Bool).into(),
            Operator::NotEqual => compare::all_equal(&left, &right, budget)?.map(|same| Item::Bool(!same)).into(),
            Operator::Equivalent => compare::all_equivalent(&left, &right, budget)?.into(),
            Operator::NotEquivalent => (!compare::all_equivalent(&left, &right, budget)?).into(),
            Operator::Union => functions::union(left, right, budget)?,
            Operator::In => operators::contains(&right, &left, budget)?,
            Operator::Contains => operators::contains(&left, &right, budget)?,
            Operator::Greater | Operator::Less | Operator::GreaterOrEqual | Operator::LessOrEqual => {
                operators::ordered(operator, &left, &right)?
            }
            _ => operators::arithmetic(operator, &left, &right, budget)?,
        })
    }

    /// Three-valued logic; the right side is evaluated only when it matters.
    fn logic(&mut self, operator: Operator, left: &'v Expr, right: &'v Expr, focus: Focus<'_, 'v>) -> Outcome<'v> {
        let left = truth(&self.eval(left, focus)?)?;
        match (operator, left) {
            (Operator::And | Operator::Implies, Some(false)) => return Ok((operator == Operator::Implies).into()),
            (Operator::Or, Some(true)) => return Ok(true.into()),
            (Operator::Xor, None) => return Ok(Items::None),
            _ => {}
        }
        let right = truth(&self.eval(right, focus)?)?;
        let result = match (operator, left, right) {
            (Operator::And | Operator::Implies, Some(true), right) | (Operator::Or, Some(false), right) => right,
            (Operator::And, None, Some(false)) => Some(false),
            (Operator::Or | Operator::Implies, None, Some(true)) => Some(true),
            (Operator::Xor, Some(left), Some(right)) => Some(left != right),
            _ => None,
        };
        Ok(result.map(Item::Bool).into())
    }
}

fn item(literal: &Literal) -> Item<'_> {
    match literal {
        Literal::Bool(value) => Item::Bool(*value),
        Literal::Text(text) => Item::Text(Cow::Borrowed(text)),
        Literal::Integer(value) => Item::Integer(*value),
        Literal::Decimal(value) => Item::Decimal(*value),
        Literal::Temporal(temporal, text) => Item::Temporal(TemporalItem(*temporal, text)),
        Literal::Quantity(quantity) => Item::Quantity(QuantityItem(quantity)),
    }
}

/// The only item, if there is one.
pub(super) fn single<'i, 'v>(items: &'i Items<'v>) -> Result<Option<&'i Item<'v>>, EvalError> {
    match items.as_slice() {
        [] => Ok(None),
        [item] => Ok(Some(item)),
        _ => Err(EvalError::Singleton),
    }
}

/// A collection as a condition: empty is unknown, and a single item that is no boolean counts as true
/// (FHIRPath N1 §4.5).
pub(super) fn truth(items: &Items<'_>) -> Result<Option<bool>, EvalError> {
    Ok(single(items)?.map(|item| item.as_bool().unwrap_or(true)))
}

fn is_resource_called(item: &Item<'_>, name: &str) -> bool {
    match item {
        Item::Node(node) => node.kind.is_some_and(|kind| types::is_a(kind, name)),
        Item::Resource(resource_type) => types::is_a(resource_type.type_id(), name),
        _ => false,
    }
}

/// Whether an item is of a type; computed values are of the System types, which go by the names of FHIR's too.
fn is_a(item: &Item<'_>, wanted: &str) -> bool {
    let system = |lower: &str, upper: &str| wanted == lower || wanted == upper;
    match item {
        Item::Node(node) => node.is_a(wanted),
        Item::Resource(resource_type) => types::is_a(resource_type.type_id(), wanted),
        Item::Bool(_) => system("boolean", "Boolean"),
        Item::Integer(_) => system("integer", "Integer"),
        Item::Decimal(_) => system("decimal", "Decimal"),
        Item::Text(_) => system("string", "String"),
        Item::Quantity(_) => wanted == "Quantity",
        Item::Temporal(TemporalItem(temporal, text)) => {
            if temporal.is_time_of_day() {
                system("time", "Time")
            } else if text.contains('T') {
                system("dateTime", "DateTime")
            } else {
                system("date", "Date")
            }
        }
    }
}
