//! 問診: what patients tell of themselves before they see the doctor, in their own language.
//!
//! One set of questions ([`QUESTIONS`]) and their words in every [`Language`]; answers are codes of the questions and, where
//! people write, their own text. An invitation is a secret that dies when the answers are sent ([`invite`], [`open`],
//! [`save`], [`submit`]); the answers become a `QuestionnaireResponse` that reads in Japanese ([`Reading`]).

mod answers;
mod definition;
mod invitation;
mod language;
mod reading;
mod resource;
mod submit;

pub use answers::{Answer, Answers, Fault, LONGEST_ANSWER, check};
pub use definition::{About, Kind, QUESTIONS, Question, asked};
pub use invitation::{Opened, Sheet, choose_language, invite, of_secret, open, save};
pub use language::{Language, Words};
pub use reading::{Line, Reading, ReportedAllergy, Warning, reading, readings};
pub use submit::submit;
