//! How Go, in which Consul is written, reads and writes numbers, durations, texts, JSON, URLs and regular expressions.
//!
//! Consul's flags, configuration entries, filters and templates follow these rules, and its messages use these words.
//! Each rule has its one place here; what a caller makes of a refusal is its own affair.

pub mod base64;
pub mod duration;
pub mod json;
pub mod regexp;
pub mod strconv;
pub mod tabwriter;
pub mod text;
pub mod url;
