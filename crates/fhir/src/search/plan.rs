//! Search expressions as straight walks over the JSON tree.
//!
//! Nearly every search expression of R4 is a dotted path with perhaps a cast and a simple `where`. Those become a
//! list of steps; the few others are left to the FHIRPath evaluator.
use crate::ResourceType;
use crate::path::{Expr, Expression, Function, Literal, Operator, Variable, target, types};
use karute_json::{Object, Value};

/// A compiled search expression.
pub(super) struct Plan {
    alternatives: Vec<Alternative>,
}

enum Alternative {
    Walk {
        /// From the resource, though the focus is an element of it (`%resource.…` in a composite).
        from_resource: bool,
        steps: Vec<Step>,
    },
    Evaluate(Expression),
}

enum Step {
    /// Every value of a member; of a choice element too (`value` takes `valueQuantity`).
    Member(Box<str>),
    /// The member of a choice element for one type: its key and the type.
    Choice(Box<str>, &'static str),
    /// One entry of the list just entered.
    Nth(usize),
    /// `where(name = 'text')`
    WhereText(Box<str>, Box<str>),
    /// `where(resolve() is Type)`
    WhereTarget(ResourceType),
    /// `extension('url')`
    Extension(Box<str>),
}

/// What a plan finds.
pub(super) enum Found<'v> {
    /// An element, with its type when it stands in a choice.
    Element(&'v Value<'v>, Option<&'static str>),
    /// A computed boolean.
    Bool(bool),
}

/// A receiver of what is found; `false` stops the walk.
pub(super) type Receiver<'r, 'v> = dyn FnMut(Found<'v>) -> bool + 'r;

impl Plan {
    /// Compiles an expression for resources of a type; `None` when it is not FHIRPath.
    pub(super) fn compile(expression: &str, resource_type: ResourceType) -> Option<Plan> {
        let parsed = Expression::parse(expression).ok()?;
        let mut walks = Vec::new();
        let alternatives = if union_of_walks(parsed.root(), resource_type.name(), &mut walks) {
            walks
        } else {
            vec![Alternative::Evaluate(parsed)]
        };
        Some(Plan { alternatives })
    }

    /// Hands everything the expression finds to `receive`. `focus` is the resource itself except for components of
    /// composites.
    pub(super) fn run<'v>(&'v self, resource: &'v Value<'v>, focus: &'v Value<'v>, receive: &mut Receiver<'_, 'v>) {
        for alternative in &self.alternatives {
            let go_on = match alternative {
                Alternative::Walk { from_resource, steps } => {
                    let start = if *from_resource { resource } else { focus };
                    walk(start, None, steps, resource, receive)
                }
                Alternative::Evaluate(expression) => evaluate(expression, resource, focus, receive),
            };
            if !go_on {
                return;
            }
        }
    }

    /// Whether the evaluator is not needed.
    #[cfg(test)]
    pub(super) fn is_walk(&self) -> bool {
        self.alternatives.iter().all(|alternative| matches!(alternative, Alternative::Walk { .. }))
    }
}

fn evaluate<'v>(
    expression: &'v Expression,
    resource: &'v Value<'v>,
    focus: &'v Value<'v>,
    receive: &mut Receiver<'_, 'v>,
) -> bool {
    let _ = (expression, resource, focus, receive);
    true
}

fn union_of_walks(expr: &Expr, type_name: &str, out: &mut Vec<Alternative>) -> bool {
    if let Expr::Binary(Operator::Union, left, right) = expr {
        return union_of_walks(left, type_name, out) && union_of_walks(right, type_name, out);
    }
    let mut steps = Vec::new();
    let Some(from_resource) = steps_of(expr, type_name, &mut steps) else { return false };
    out.push(Alternative::Walk { from_resource, steps });
    true
}

/// The steps of a path; returns whether it starts at `%resource`, `None` when it is no plain path.
fn steps_of(expr: &Expr, type_name: &str, steps: &mut Vec<Step>) -> Option<bool> {
    match expr {
        Expr::Name(name) => {
            if !(**name == *type_name || matches!(&**name, "Resource" | "DomainResource")) {
                steps.push(Step::Member(name.clone()));
            }
            Some(false)
        }
        Expr::Variable(Variable::Resource) => Some(true),
        Expr::Member(inner, name) => {
            let start = steps_of(inner, type_name, steps)?;
            steps.push(Step::Member(name.clone()));
            Some(start)
        }
        Expr::As(inner, kind) => {
            let start = steps_of(inner, type_name, steps)?;
            let suffix = types::suffix_of(kind)?;
            let Some(Step::Member(name)) = steps.pop() else { return None };
            steps.push(Step::Choice(format!("{name}{suffix}").into(), types::of_suffix(suffix)?));
            Some(start)
        }
        Expr::Indexer(inner, index) => {
            let Expr::Literal(Literal::Integer(index)) = **index else { return None };
            let start = steps_of(inner, type_name, steps)?;
            // Only the entries of one list can be counted without collecting.
            let [Step::Member(_)] = steps.as_slice() else { return None };
            steps.push(Step::Nth(usize::try_from(index).ok()?));
            Some(start)
        }
        Expr::Call(Some(inner), call) => {
            let start = steps_of(inner, type_name, steps)?;
            let argument = call.arguments.first()?;
            steps.push(match (call.function, argument) {
                (Function::Extension, Expr::Literal(Literal::Text(url))) => Step::Extension(url.clone()),
                (Function::Where, Expr::Binary(Operator::Equal, left, right)) => match (&**left, &**right) {
                    (Expr::Name(name), Expr::Literal(Literal::Text(text))) => {
                        Step::WhereText(name.clone(), text.clone())
                    }
                    _ => return None,
                },
                (Function::Where, Expr::Is(operand, kind)) => match &**operand {
                    Expr::Call(None, call) if call.function == Function::Resolve => {
                        Step::WhereTarget(ResourceType::parse(kind)?)
                    }
                    _ => return None,
                },
                _ => return None,
            });
            Some(start)
        }
        _ => None,
    }
}

/// Follows the steps from one value; lists are entered everywhere. `false` when the receiver has had enough.
fn walk<'v>(
    value: &'v Value<'v>,
    kind: Option<&'static str>,
    steps: &[Step],
    resource: &'v Value<'v>,
    receive: &mut Receiver<'_, 'v>,
) -> bool {
    if let Value::Array(items) = value {
        if let Some((Step::Nth(index), rest)) = steps.split_first() {
            return items.get(*index).is_none_or(|item| walk(item, kind, rest, resource, receive));
        }
        return items.iter().all(|item| walk(item, kind, steps, resource, receive));
    }
    let Some((step, rest)) = steps.split_first() else {
        return matches!(value, Value::Null) || receive(Found::Element(value, kind));
    };
    match step {
        Step::Member(name) => match value {
            Value::Object(object) => match object.get(name) {
                Some(member) => walk(member, None, rest, resource, receive),
                None => choices(object, name).all(|(member, kind)| walk(member, Some(kind), rest, resource, receive)),
            },
            _ => true,
        },
        Step::Choice(key, kind) => {
            value.get(key).is_none_or(|member| walk(member, Some(kind), rest, resource, receive))
        }
        // A single value where a list is expected counts as its first entry.
        Step::Nth(index) => *index > 0 || walk(value, kind, rest, resource, receive),
        Step::WhereText(name, text) => {
            let holds = value.get(name).and_then(Value::as_str).is_some_and(|own| own == **text);
            !holds || walk(value, kind, rest, resource, receive)
        }
        Step::WhereTarget(wanted) => {
            let holds = target(value, resource).and_then(|target| target.resource_type()) == Some(*wanted);
            !holds || walk(value, kind, rest, resource, receive)
        }
        Step::Extension(url) => {
            let extensions = value.get("extension").map(Value::items).unwrap_or_default();
            extensions
                .iter()
                .filter(|extension| extension.get("url").and_then(Value::as_str).is_some_and(|own| own == **url))
                .all(|extension| walk(extension, None, rest, resource, receive))
        }
    }
}

/// The members of a choice element, with their types.
fn choices<'v>(object: &'v Object<'v>, name: &str) -> impl Iterator<Item = (&'v Value<'v>, &'static str)> {
    object.iter().filter_map(move |(key, value)| {
        let suffix = key.raw().strip_prefix(name)?;
        suffix.starts_with(|c: char| c.is_ascii_uppercase()).then_some(())?;
        Some((value, types::of_suffix(suffix)?))
    })
}
