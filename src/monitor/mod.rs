//! What a running gateway shows to the outside: readiness, liveness, metrics.
//!
//! [`Status`] is what the session notes down, `exposition` turns it into text (pure), `server` hands it out.

mod exposition;
mod note;
mod server;
mod status;

pub use note::{Closed, Note, follow as write_notes};
pub use server::{Error, Monitor};
pub use status::{Heap, Phase, Status, TokenStatus};
