//! What a running gateway logs: events of `tracing` become the lines that [`Printer`] writes.
//!
//! The fields of an event stand beside its message in JSON. Three of them mean more: `hint` is a line of its own for
//! people, a field whose name begins with `json.` holds JSON text, and events of other crates are left out.

use std::fmt;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{Interest, set_global_default};
use tracing::{Event, Metadata, Subscriber};

use super::{Level, Printer};

/// How much is logged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogLevel {
    /// What failed.
    Error,
    /// And what needs attention.
    Warning,
    /// And what is going on.
    #[default]
    Info,
    /// And what was sent, asked again and decided.
    Debug,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warning => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
        }
    }
}

/// From now on events of this crate are printed, up to this level.
pub fn start(printer: Printer, level: LogLevel) {
    // There is one for the life of a process; a second changes nothing.
    let _ = set_global_default(Lines { printer, most: level.into() });
}

struct Lines {
    printer: Printer,
    most: LevelFilter,
}

impl Subscriber for Lines {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event()
            && *metadata.level() <= self.most
            && metadata.target().split("::").next() == Some(env!("CARGO_CRATE_NAME"))
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.most)
    }

    // There are no spans.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut parts = Parts::default();
        event.record(&mut parts);
        let level = match *event.metadata().level() {
            tracing::Level::ERROR => Level::Error,
            tracing::Level::WARN => Level::Warning,
            tracing::Level::INFO => Level::Info,
            _ => Level::Debug,
        };
        let hint = parts.fields.get("hint").and_then(Value::as_str).map(str::to_owned);
        let fields = parts.fields.iter().map(|(name, value)| (name.as_str(), value.clone()));
        self.printer.event(level, parts.message, fields);
        if let Some(hint) = hint.filter(|_| !self.printer.is_json()) {
            self.printer.hint(hint);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The message and the fields of an event.
#[derive(Debug, Default, PartialEq)]
struct Parts {
    message: String,
    fields: Map<String, Value>,
}

impl Parts {
    fn add(&mut self, field: &Field, value: impl Into<Value>) {
        self.fields.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Parts {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        match field.name() {
            "message" => self.message = text,
            name => match name.strip_prefix("json.") {
                Some(name) => {
                    let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
                    self.fields.insert(name.to_owned(), value);
                }
                None => self.add(field, text),
            },
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            _ => self.add(field, value),
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::json;
    use tracing::subscriber::with_default;
    use tracing::{debug, error, info};

    use super::*;
    use crate::output::Format;
    use crate::output::colour::ColourChoice;

    /// Keeps what [`Lines`] would print.
    struct Kept(Lines, Arc<Mutex<Vec<Parts>>>);

    impl Subscriber for Kept {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            self.0.enabled(metadata)
        }
        fn new_span(&self, attributes: &Attributes<'_>) -> Id {
            self.0.new_span(attributes)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, event: &Event<'_>) {
            let mut parts = Parts::default();
            event.record(&mut parts);
            self.1.lock().unwrap().push(parts);
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    fn kept(level: LogLevel, log: impl FnOnce()) -> Vec<Parts> {
        let none = std::collections::BTreeMap::new();
        let printer = Printer::new(ColourChoice::Never, &none).with_format(Format::Json);
        let all = Arc::default();
        with_default(Kept(Lines { printer, most: level.into() }, Arc::clone(&all)), log);
        std::mem::take(&mut *all.lock().unwrap())
    }

    #[test]
    fn fields_keep_their_types_and_the_message_its_text() {
        let all = kept(LogLevel::Info, || {
            let names = serde_json::to_string(&["a", "b"]).unwrap();
            let service: Option<&str> = None;
            error!(about = "roots", count = 3_u64, service, json.resource = %names, "it {}", "fails");
            info!("plain \"text\"");
            debug!("not this");
        });
        let fields = json!({"about": "roots", "count": 3, "resource": ["a", "b"]});
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].message.as_str(), json!(all[0].fields)), ("it fails", fields));
        assert_eq!((all[1].message.as_str(), json!(all[1].fields)), ("plain \"text\"", json!({})));
    }

    #[test]
    fn the_level_decides_and_other_crates_are_left_out() {
        let log = || {
            debug!("debug");
            info!(target: "h2::client", "not ours");
            info!("info");
            error!("error");
        };
        let count = |level| kept(level, log).len();
        let counts = [LogLevel::Error, LogLevel::Warning, LogLevel::Info, LogLevel::Debug].map(count);
        assert_eq!(counts, [1, 1, 2, 3]);
    }
}
