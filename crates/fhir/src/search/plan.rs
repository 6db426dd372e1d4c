//! Search expressions as straight walks over the JSON tree.
//!
//! Nearly every search expression of R4 is a dotted path with perhaps a cast and a simple `where`. Those become a
//! list of steps; the few others are left to the FHIRPath evaluator.
use crate::ResourceType;
use crate::model::{Binding, Element, TypeId};
use crate::path::{Expr, Expression, Function, Item, Literal, Node, Operator, Scope, Variable, target, types};
use karute_json::Value;

/// A compiled search expression.
pub(super) struct Plan {
    alternatives: Vec<Alternative>,
}

enum Alternative {
    Walk { start: Start, steps: Vec<Step>, leaves: Vec<Leaf> },
    Evaluate(Expression),
}

/// Where a walk begins.
enum Start {
    /// At members of the resource: their places in the list of elements of its type.
    Members(Vec<(usize, TypeId)>),
    /// At the resource itself.
    Resource(TypeId),
    /// At the focus of a composite's component.
    Focus(TypeId),
}

/// A resource with its members sorted into the places of its type's elements, once for all walks.
pub(super) struct Root<'v> {
    value: &'v Value<'v>,
    members: Vec<Option<&'v Value<'v>>>,
}

impl<'v> Root<'v> {
    pub(super) fn new(value: &'v Value<'v>, resource_type: ResourceType) -> Root<'v> {
        let elements = resource_type.type_id().definition().elements();
        let mut members = vec![None; elements.len()];
        for (key, value) in value.as_object().into_iter().flat_map(karute_json::Object::iter) {
            if let Ok(place) = elements.binary_search_by(|element| element.name().cmp(&key.decode()))
                && let Some(member) = members.get_mut(place)
            {
                *member = Some(value);
            }
        }
        Root { value, members }
    }

    /// The resource.
    pub(super) fn value(&self) -> &'v Value<'v> {
        self.value
    }
}

/// An element that a plan may find.
#[derive(Clone, Copy)]
pub(super) struct Leaf {
    /// Its type.
    pub(super) kind: TypeId,
    /// What it is bound to.
    pub(super) binding: &'static Binding,
}

/// Values of elements of type `boolean` as codes.
const BOOLEANS: &[(&str, &[&str])] = &[("http://terminology.hl7.org/CodeSystem/special-values", &["false", "true"])];

impl Leaf {
    /// The systems and codes of an element that carries a code without system.
    pub(super) fn code_systems(&self) -> &'static [(&'static str, &'static [&'static str])] {
        match (self.kind.definition().name, self.binding) {
            ("code", Binding::Codes(systems)) => systems,
            ("boolean", _) => BOOLEANS,
            _ => &[],
        }
    }
}

enum Step {
    /// A member; several for a choice element (`value` takes `valueQuantity` and the others).
    Members(Vec<(&'static str, TypeId)>),
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
    /// An element and its type.
    Element(&'v Value<'v>, TypeId),
    /// A computed boolean.
    Bool(bool),
}

/// A receiver of what is found; `false` stops the walk.
pub(super) type Receiver<'r, 'v> = dyn FnMut(Found<'v>) -> bool + 'r;

impl Plan {
    /// Compiles an expression whose focus is an element of type `focus`; `None` when it is not FHIRPath.
    pub(super) fn compile(expression: &str, resource_type: ResourceType, focus: TypeId) -> Option<Plan> {
        let parsed = Expression::parse(expression).ok()?;
        let mut walks = Vec::new();
        let alternatives = if union_of_walks(parsed.root(), resource_type.type_id(), focus, &mut walks) {
            walks
        } else {
            vec![Alternative::Evaluate(parsed)]
        };
        Some(Plan { alternatives })
    }

    /// The types of what it finds, as far as they are known beforehand; with the codes that may stand there.
    pub(super) fn leaves(&self) -> impl Iterator<Item = Leaf> {
        self.alternatives
            .iter()
            .flat_map(|alternative| match alternative {
                Alternative::Walk { leaves, .. } => leaves.as_slice(),
                Alternative::Evaluate(_) => &[],
            })
            .copied()
    }

    /// Hands everything the expression finds to `receive`. `focus` is the resource itself except for components of
    /// composites.
    pub(super) fn run<'v>(&'v self, root: &Root<'v>, focus: &'v Value<'v>, receive: &mut Receiver<'_, 'v>) {
        let resource = root.value;
        for alternative in &self.alternatives {
            let go_on = match alternative {
                Alternative::Walk { start, steps, .. } => match start {
                    Start::Members(places) => places.iter().all(|(place, kind)| {
                        let member = root.members.get(*place).copied().flatten();
                        member.is_none_or(|member| walk(member, *kind, steps, resource, receive))
                    }),
                    Start::Resource(kind) => walk(resource, *kind, steps, resource, receive),
                    Start::Focus(kind) => walk(focus, *kind, steps, resource, receive),
                },
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
    let scope = Scope::of(resource);
    // The only focus other than the resource is an element within it, whose type a component does not need to know.
    let scope = if std::ptr::eq(resource, focus) { scope } else { scope.at(Node::new(focus)) };
    // An evaluation that fails (several items where one is expected) finds nothing.
    let items = expression.eval(&scope).unwrap_or_default();
    items.into_iter().all(|item| match (item.as_node(), &item) {
        (Some(node), _) => match (node.value, node.kind) {
            (Some(value), Some(kind)) => receive(Found::Element(value, kind)),
            _ => true,
        },
        (None, Item::Bool(value)) => receive(Found::Bool(*value)),
        _ => true,
    })
}

fn union_of_walks(expr: &Expr, resource: TypeId, focus: TypeId, out: &mut Vec<Alternative>) -> bool {
    if let Expr::Binary(Operator::Union, left, right) = expr {
        return union_of_walks(left, resource, focus, out) && union_of_walks(right, resource, focus, out);
    }
    let mut compiler = Compiler { resource, focus, steps: Vec::new(), leaves: Vec::new() };
    let Some(from_resource) = compiler.path(expr) else { return false };
    let Compiler { mut steps, leaves, .. } = compiler;
    let start = if !(from_resource || focus == resource) {
        Start::Focus(focus)
    } else if let Some(Step::Members(members)) = steps.first() {
        let elements = resource.definition().elements();
        let place = |name: &str| elements.iter().position(|element| element.name() == name);
        let Some(places) = members.iter().map(|(name, kind)| Some((place(name)?, *kind))).collect() else {
            return false;
        };
        steps.remove(0);
        Start::Members(places)
    } else {
        Start::Resource(resource)
    };
    out.push(Alternative::Walk { start, steps, leaves });
    true
}

/// Follows a path through the definitions.
struct Compiler {
    resource: TypeId,
    focus: TypeId,
    steps: Vec<Step>,
    /// Where the steps so far lead.
    leaves: Vec<Leaf>,
}

impl Compiler {
    /// Adds the steps of a path; returns whether it starts at `%resource`, `None` when it is no plain path.
    fn path(&mut self, expr: &Expr) -> Option<bool> {
        match expr {
            Expr::Name(name) => {
                self.leaves = vec![Leaf { kind: self.focus, binding: &Binding::Open }];
                if !types::is_a(self.focus, name) {
                    self.member(name)?;
                }
                Some(false)
            }
            Expr::Variable(Variable::Resource) => {
                self.leaves = vec![Leaf { kind: self.resource, binding: &Binding::Open }];
                Some(true)
            }
            Expr::Member(inner, name) => {
                let start = self.path(inner)?;
                self.member(name)?;
                Some(start)
            }
            Expr::As(inner, wanted) => {
                let start = self.path(inner)?;
                self.leaves.retain(|leaf| types::is_a(leaf.kind, wanted));
                let Some(Step::Members(members)) = self.steps.last_mut() else { return None };
                members.retain(|(_, kind)| types::is_a(*kind, wanted));
                (!self.leaves.is_empty()).then_some(start)
            }
            Expr::Indexer(inner, index) => {
                let Expr::Literal(Literal::Integer(index)) = **index else { return None };
                let start = self.path(inner)?;
                // Only the entries of one list can be counted without collecting.
                let [Step::Members(_)] = self.steps.as_slice() else { return None };
                self.steps.push(Step::Nth(usize::try_from(index).ok()?));
                Some(start)
            }
            Expr::Call(Some(inner), call) => {
                let start = self.path(inner)?;
                let step = match (call.function, call.arguments.first()?) {
                    (Function::Extension, Expr::Literal(Literal::Text(url))) => {
                        self.leaves = vec![Leaf { kind: types::of_name("Extension")?, binding: &Binding::Open }];
                        Step::Extension(url.clone())
                    }
                    (Function::Where, condition) => Compiler::condition(condition)?,
                    _ => return None,
                };
                self.steps.push(step);
                Some(start)
            }
            _ => None,
        }
    }

    fn member(&mut self, name: &str) -> Option<()> {
        let [leaf] = self.leaves.as_slice() else { return None };
        let definition = leaf.kind.definition();
        let elements: Vec<&'static Element> = match definition.element(name) {
            Some(element) => vec![element],
            None => definition.elements().iter().filter(|e| e.is_choice() && e.path_name() == name).collect(),
        };
        if elements.is_empty() {
            return None;
        }
        self.leaves = elements.iter().map(|e| Leaf { kind: e.type_id(), binding: e.binding() }).collect();
        self.steps.push(Step::Members(elements.iter().map(|e| (e.name(), e.type_id())).collect()));
        Some(())
    }

    /// The simple conditions of a `where`.
    fn condition(condition: &Expr) -> Option<Step> {
        match condition {
            Expr::Binary(Operator::Equal, left, right) => match (&**left, &**right) {
                (Expr::Name(name), Expr::Literal(Literal::Text(text))) => {
                    Some(Step::WhereText(name.clone(), text.clone()))
                }
                _ => None,
            },
            Expr::Is(operand, kind) => match &**operand {
                Expr::Call(None, call) if call.function == Function::Resolve => {
                    Some(Step::WhereTarget(ResourceType::parse(kind)?))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// Follows the steps from one value; lists are entered everywhere. `false` when the receiver has had enough.
fn walk<'v>(
    value: &'v Value<'v>,
    kind: TypeId,
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
        Step::Members(members) => members
            .iter()
            .all(|(name, kind)| value.get(name).is_none_or(|member| walk(member, *kind, rest, resource, receive))),
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
                .all(|extension| walk(extension, kind, rest, resource, receive))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::search::{ParamType, param_of, params_of};

    #[test]
    fn every_search_expression_compiles_and_all_but_two_are_plain_walks() {
        let mut evaluated = Vec::new();
        for resource_type in ResourceType::all() {
            for param in params_of(resource_type) {
                let plan = Plan::compile(param.expression, resource_type, resource_type.type_id()).unwrap();
                if !plan.is_walk() {
                    evaluated.push(format!("{resource_type}.{}", param.code));
                }
                assert_eq!(param.kind == ParamType::Composite, !param.components.is_empty(), "{}", param.url);
                for leaf in plan.leaves() {
                    for (code, expression) in param.components {
                        assert!(param_of(resource_type, code).is_some(), "{code} of {}", param.url);
                        let component = Plan::compile(expression, resource_type, leaf.kind).unwrap();
                        assert!(component.is_walk(), "{expression}");
                    }
                }
            }
        }
        assert_eq!(evaluated, ["Patient.deceased", "QuestionnaireResponse.item-subject"]);
    }
}
