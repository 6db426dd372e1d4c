//! FHIRPath over the JSON tree: what the R4 search parameters and invariants need, and the usual rest.
//!
//! Expressions are parsed once and evaluated often. Elements are borrowed from the resource; types come from
//! `resourceType` and the keys of choice elements. Nothing is looked up outside the resource: `resolve()` finds
//! contained resources and otherwise tells the type a reference names. Every evaluation has a budget of steps, so
//! that no expression and no resource can make it hang.
//!
//! Not served, because no definition of R4 uses it: arithmetic on dates, `now()` and `today()` (which would need a
//! clock), conversions to dates and quantities, conversion between units. `memberOf()` and `htmlChecks()` are always
//! empty: value sets are not at hand, and narrative is checked where it is read.

mod ast;
mod compare;
mod convert;
mod eval;
mod functions;
mod item;
mod lexer;
mod navigate;
mod number;
mod operators;
mod parser;
mod resolve;
mod temporal;
#[cfg(test)]
mod tests;
mod text;
pub(crate) mod types;

pub(crate) use ast::{Expr, Function, Literal, Operator, Variable};
pub use eval::{EvalError, Scope};
pub use item::{Item, Node, QuantityItem, TemporalItem};
pub(crate) use resolve::{Target, target};
pub(crate) use item::Items;

/// Longest text of an expression in bytes.
const MAX_TEXT: usize = 10_000;
/// Deepest tree of an expression.
const MAX_DEPTH: usize = 100;

/// A parsed expression.
#[derive(Debug)]
pub struct Expression {
    root: Expr,
}

/// Why a text is no expression that can be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at byte {offset})")]
pub struct PathError {
    /// Byte offset of the place.
    pub offset: usize,
    /// What is wrong there.
    pub message: &'static str,
}

impl PathError {
    fn at(offset: usize, message: &'static str) -> PathError {
        PathError { offset, message }
    }
}

impl Expression {
    /// Parses an expression: at most 10,000 bytes, nested at most 100 levels deep.
    pub fn parse(text: &str) -> Result<Expression, PathError> {
        parser::parse(text).map(|root| Expression { root })
    }
    /// Everything it finds. At most a million steps.
    pub fn eval<'v>(&'v self, scope: &Scope<'v>) -> Result<Vec<Item<'v>>, EvalError> {
        eval::Evaluation::run(&self.root, scope).map(item::Items::into_vec)
    }
    /// The expression as a condition: `None` when it is empty, that is, when it cannot be decided (dates of different
    /// precision, missing operands, value sets that are not at hand).
    pub fn test<'v>(&'v self, scope: &Scope<'v>) -> Result<Option<bool>, EvalError> {
        eval::truth(&eval::Evaluation::run(&self.root, scope)?)
    }
    /// Whether the expression holds.
    pub fn is_true<'v>(&'v self, scope: &Scope<'v>) -> Result<bool, EvalError> {
        Ok(self.test(scope)? == Some(true))
    }
    /// The tree.
    pub(crate) fn root(&self) -> &Expr {
        &self.root
    }
}
