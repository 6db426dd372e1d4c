//! Functions on collections; those on texts are in `text`.
use super::ast::{Call, Expr, Function};
use super::compare::Seen;
use super::eval::{Budget, EvalError, Evaluation, Focus, single, truth};
use super::item::{Item, Items, Node};
use super::resolve::{Target, target};
use super::{compare, convert, text};

type Outcome<'v> = Result<Items<'v>, EvalError>;

/// Calls a function on `input`; arguments that are no conditions see `focus`.
pub(super) fn call<'v>(
    run: &mut Evaluation<'_, 'v>,
    call: &'v Call,
    input: Items<'v>,
    focus: Focus<'_, 'v>,
) -> Outcome<'v> {
    use Function as F;
    run.budget.spend(input.len() as u64)?;
    let argument = |index: usize| call.arguments.get(index);
    match call.function {
        F::Where => filter(run, input, argument(0), focus),
        F::Exists if call.arguments.is_empty() => Ok((!input.is_empty()).into()),
        F::Exists => Ok((!filter(run, input, argument(0), focus)?.is_empty()).into()),
        F::All => {
            for (index, item) in input.into_iter().enumerate() {
                if truth(&each(run, argument(0), item, index, focus)?)? != Some(true) {
                    return Ok(false.into());
                }
            }
            Ok(true.into())
        }
        F::Select => {
            let mut out = Items::None;
            for (index, item) in input.into_iter().enumerate() {
                out.extend(each(run, argument(0), item, index, focus)?);
            }
            Ok(out)
        }
        F::Repeat => repeat(run, input, argument(0), focus),
        F::Aggregate => aggregate(run, input, call, focus),
        F::Iif => iif(run, &input, call, focus),
        F::Empty => Ok(input.is_empty().into()),
        F::Not => Ok(truth(&input)?.map(|value| Item::Bool(!value)).into()),
        F::Count => Ok(Items::One(Item::Integer(input.len() as i64))),
        F::AllTrue => booleans(&input, |values| values.iter().all(|v| *v)),
        F::AllFalse => booleans(&input, |values| values.iter().all(|v| !v)),
        F::AnyTrue => booleans(&input, |values| values.iter().any(|v| *v)),
        F::AnyFalse => booleans(&input, |values| values.iter().any(|v| !v)),
        F::First => Ok(input.into_iter().next().into()),
        F::Last => Ok(input.into_iter().last().into()),
        F::Tail => Ok(input.into_iter().skip(1).collect()),
        F::Single => {
            single(&input)?;
            Ok(input)
        }
        F::Skip | F::Take => {
            let count = run.integer(argument(0), focus)?.ok_or(EvalError::Type)?;
            let count = usize::try_from(count.max(0)).unwrap_or(usize::MAX);
            let items = input.into_iter();
            Ok(if call.function == F::Skip { items.skip(count).collect() } else { items.take(count).collect() })
        }
        F::Children => children(run, &input),
        F::Descendants => descendants(run, &input),
        F::Extension | F::HasExtension => {
            let extensions = extension(run, &input, argument(0), focus)?;
            Ok(if call.function == F::Extension { extensions } else { (!extensions.is_empty()).into() })
        }
        F::HasValue => Ok(has_value(&input).into()),
        F::Resolve => Ok(resolve(run, &input)),
        F::Trace => Ok(input),
        // Narrative is checked where it is read, and value sets are not at hand: the answer is "unknown".
        F::HtmlChecks | F::MemberOf => Ok(Items::None),
        F::Distinct => distinct(input, &mut run.budget),
        F::IsDistinct => {
            let count = input.len();
            Ok((distinct(input, &mut run.budget)?.len() == count).into())
        }
        F::Union => {
            let other = run.argument(argument(0), focus)?;
            union(input, other, &mut run.budget)
        }
        F::Combine => {
            let other = run.argument(argument(0), focus)?;
            run.budget.spend(other.len() as u64)?;
            let mut out = input;
            out.extend(other);
            Ok(out)
        }
        F::Intersect | F::Exclude => {
            let other = run.argument(argument(0), focus)?;
            let kept = keep(input, &other, call.function == F::Intersect, &mut run.budget)?;
            if call.function == F::Intersect { distinct(kept, &mut run.budget) } else { Ok(kept) }
        }
        F::SubsetOf | F::SupersetOf => {
            let other = run.argument(argument(0), focus)?;
            let (part, whole) = if call.function == F::SubsetOf { (input, other) } else { (other, input) };
            Ok(keep(part, &whole, false, &mut run.budget)?.is_empty().into())
        }
        F::ToBoolean
        | F::ToDecimal
        | F::ToInteger
        | F::ToString
        | F::ConvertsToBoolean
        | F::ConvertsToDecimal
        | F::ConvertsToInteger
        | F::ConvertsToString => convert::call(call.function, &input),
        _ => text::call(run, call, &input, focus),
    }
}

impl<'v> Evaluation<'_, 'v> {
    /// An argument that is no condition.
    pub(super) fn argument(&mut self, argument: Option<&'v Expr>, focus: Focus<'_, 'v>) -> Outcome<'v> {
        argument.map_or(Ok(Items::None), |expr| self.eval(expr, focus))
    }
    /// An argument that is an integer.
    pub(super) fn integer(
        &mut self,
        argument: Option<&'v Expr>,
        focus: Focus<'_, 'v>,
    ) -> Result<Option<i64>, EvalError> {
        let value = self.argument(argument, focus)?;
        single(&value)?.map(|item| item.as_integer().ok_or(EvalError::Type)).transpose()
    }
}

/// An argument that is evaluated for each item, with the item as `$this`.
fn each<'v>(
    run: &mut Evaluation<'_, 'v>,
    argument: Option<&'v Expr>,
    item: Item<'v>,
    index: usize,
    focus: Focus<'_, 'v>,
) -> Outcome<'v> {
    let this = Items::One(item);
    run.argument(argument, Focus { this: &this, index: Some(index), total: focus.total })
}

fn filter<'v>(
    run: &mut Evaluation<'_, 'v>,
    input: Items<'v>,
    condition: Option<&'v Expr>,
    focus: Focus<'_, 'v>,
) -> Outcome<'v> {
    let mut out = Items::None;
    for (index, item) in input.into_iter().enumerate() {
        if truth(&each(run, condition, item.clone(), index, focus)?)? == Some(true) {
            out.push(item);
        }
    }
    Ok(out)
}

fn repeat<'v>(
    run: &mut Evaluation<'_, 'v>,
    input: Items<'v>,
    projection: Option<&'v Expr>,
    focus: Focus<'_, 'v>,
) -> Outcome<'v> {
    let mut seen = Seen::new();
    let mut out = Items::None;
    let mut waiting = input.into_vec();
    waiting.reverse();
    while let Some(item) = waiting.pop() {
        for found in each(run, projection, item, 0, focus)? {
            if seen.add(found.clone(), &mut out, &mut run.budget)? {
                waiting.push(found);
            }
        }
    }
    Ok(out)
}

fn aggregate<'v>(run: &mut Evaluation<'_, 'v>, input: Items<'v>, call: &'v Call, focus: Focus<'_, 'v>) -> Outcome<'v> {
    let mut total = run.argument(call.arguments.get(1), focus)?;
    for (index, item) in input.into_iter().enumerate() {
        let this = Items::One(item);
        let focus = Focus { this: &this, index: Some(index), total: Some(&total) };
        total = run.argument(call.arguments.first(), focus)?;
    }
    Ok(total)
}

/// The condition and the branches see the input as a whole.
fn iif<'v>(run: &mut Evaluation<'_, 'v>, input: &Items<'v>, call: &'v Call, focus: Focus<'_, 'v>) -> Outcome<'v> {
    let focus = Focus { this: input, ..focus };
    let condition = run.argument(call.arguments.first(), focus)?;
    let branch = if truth(&condition)? == Some(true) { 1 } else { 2 };
    run.argument(call.arguments.get(branch), focus)
}

fn booleans<'v>(input: &Items<'v>, holds: impl Fn(&[bool]) -> bool) -> Outcome<'v> {
    let values: Vec<bool> = input.iter().map(Item::as_bool).collect::<Option<_>>().ok_or(EvalError::Type)?;
    Ok(holds(&values).into())
}

fn children<'v>(run: &mut Evaluation<'_, 'v>, input: &Items<'v>) -> Outcome<'v> {
    let mut out = Items::None;
    for item in input.iter() {
        if let Item::Node(node) = item {
            node.children(&mut out);
        }
    }
    run.budget.spend(out.len() as u64)?;
    Ok(out)
}

/// Everything below, each element before its children.
fn descendants<'v>(run: &mut Evaluation<'_, 'v>, input: &Items<'v>) -> Outcome<'v> {
    let mut out = Vec::new();
    let mut waiting = children(run, input)?.into_vec();
    waiting.reverse();
    while let Some(item) = waiting.pop() {
        let below = children(run, &Items::One(item.clone()))?;
        out.push(item);
        waiting.extend(below.into_vec().into_iter().rev());
    }
    Ok(Items::Many(out))
}

fn extension<'v>(
    run: &mut Evaluation<'_, 'v>,
    input: &Items<'v>,
    url: Option<&'v Expr>,
    focus: Focus<'_, 'v>,
) -> Outcome<'v> {
    let url = run.argument(url, focus)?;
    let Some(url) = single(&url)?.map(|item| item.as_text().ok_or(EvalError::Type)).transpose()? else {
        return Ok(Items::None);
    };
    let all = run.members(input, "extension")?;
    let has_url = |item: &Item<'v>| {
        let own = item.as_node().and_then(|node| node.value)?.get("url")?.as_str()?;
        Some(own == url)
    };
    Ok(all.into_iter().filter(|item| has_url(item) == Some(true)).collect())
}

fn has_value(input: &Items<'_>) -> bool {
    match input.only() {
        Some(Item::Node(node)) => node.primitive().is_some(),
        Some(Item::Resource(_)) | None => false,
        Some(_) => true,
    }
}

fn resolve<'v>(run: &Evaluation<'_, 'v>, input: &Items<'v>) -> Items<'v> {
    let Some(root) = run.scope.root.value else { return Items::None };
    let targets = input.iter().filter_map(|item| target(item.as_node()?.value?, root));
    targets
        .map(|target| match target {
            Target::Contained(resource) => Item::Node(Node::new(resource)),
            Target::Elsewhere(resource_type) => Item::Resource(resource_type),
        })
        .collect()
}

fn distinct<'v>(input: Items<'v>, budget: &mut Budget) -> Outcome<'v> {
    if input.len() < 2 {
        return Ok(input);
    }
    let mut seen = Seen::new();
    let mut out = Items::None;
    for item in input {
        seen.add(item, &mut out, budget)?;
    }
    Ok(out)
}

/// Both collections without duplicates.
pub(super) fn union<'v>(left: Items<'v>, right: Items<'v>, budget: &mut Budget) -> Outcome<'v> {
    let mut all = left;
    budget.spend(right.len() as u64)?;
    all.extend(right);
    distinct(all, budget)
}

/// The items that are (or are not) in `other`.
fn keep<'v>(input: Items<'v>, other: &Items<'v>, present: bool, budget: &mut Budget) -> Outcome<'v> {
    let mut out = Items::None;
    if other.len() <= 4 {
        for item in input {
            let mut found = false;
            for candidate in other.iter() {
                found = found || compare::equal(&item, candidate, budget)? == Some(true);
            }
            if found == present {
                out.push(item);
            }
        }
        return Ok(out);
    }
    let mut seen = Seen::new();
    let mut known = Items::None;
    for item in other.iter() {
        seen.add(item.clone(), &mut known, budget)?;
    }
    for item in input {
        if seen.find(&item, &known, budget)? == present {
            out.push(item);
        }
    }
    Ok(out)
}
