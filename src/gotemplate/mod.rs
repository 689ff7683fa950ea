//! Go's `text/template`, as Consul uses it: for addresses and for custom bootstrap templates.
//!
//! A template is parsed by the rules of Go's own parser (module `parser`), so that what Go refuses is refused
//! before anything runs, with line and column. The resulting tree is run by `gotmpl`.

mod builtins;
mod function;
mod lexer;
mod literal;
mod parser;
mod value;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gotmpl::{FuncMap, MissingKey, Template, TemplateError as EngineError};

pub use function::{Function, Parameter, Parameters};
pub use gotmpl::Value;
pub use value::{display, record, type_name};

use parser::Tree;

/// How much text a template may produce: far above any bootstrap, and a bound for endless loops.
const MAXIMUM_OUTPUT: usize = 64 << 20;

/// How many rounds all `range`s of one run may make together.
const MAXIMUM_ROUNDS: u64 = 1_000_000;

/// When a template failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The text is not a template; nothing ran.
    Parse,
    /// The template ran and failed.
    Execute,
}

impl fmt::Display for Phase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Parse => "parse",
            Self::Execute => "execute",
        })
    }
}

/// Why a template could not be rendered, and where: `line:column: message`, both counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct TemplateError {
    /// Whether the text or its execution is wrong.
    pub phase: Phase,
    /// Line in the template, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The cause, in Go's words where Go has some.
    pub message: String,
}

/// Renders a template over `data`, its dot.
///
/// Data is best given as a [`record`]: Go's templates read struct fields, and a field that does not exist is an
/// error. `functions` are callable besides Go's own.
pub fn render(source: &str, data: &Value, functions: &[Function]) -> Result<String, TemplateError> {
    let builtins = builtins::functions();
    let all: Vec<&Function> = functions.iter().chain(&builtins).collect();
    let mut known: BTreeSet<&str> = builtins::names().collect();
    known.extend(all.iter().map(|function| function.name()));
    let tree = parser::parse(source, &known).map_err(|refusal| error_at(source, Phase::Parse, refusal))?;
    let reached = Arc::new(AtomicUsize::new(0));
    run(&tree, data, &all, &reached).map_err(|error| {
        error_at(source, Phase::Execute, explain(error, &tree, reached.load(Ordering::Relaxed)))
    })
}

fn run(
    tree: &Tree,
    data: &Value,
    functions: &[&Function],
    reached: &Arc<AtomicUsize>,
) -> Result<String, EngineError> {
    /// The name of the whole template; no `{{template}}` can call it by accident.
    const ROOT: &str = "@root";
    let mut callable: FuncMap = builtins::hooks(reached);
    for call in &tree.calls {
        if let Some(function) = functions.iter().find(|function| function.name() == call.function) {
            callable.insert(call.site.clone(), function.bind(call.offset, call.literal.clone()));
        }
    }
    let mut template = Template::new("")
        .funcs(callable)
        .missing_key(MissingKey::Error)
        .max_range_iters(MAXIMUM_ROUNDS)
        .add_parse_tree(ROOT, tree.root.clone());
    for (name, body) in &tree.definitions {
        template = template.add_parse_tree(name, body.clone());
    }
    let mut output = Bounded(String::new());
    template.execute_template_fmt(&mut output, ROOT, data)?;
    Ok(output.0)
}

/// Collects the output up to [`MAXIMUM_OUTPUT`].
struct Bounded(String);

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len().saturating_add(text.len()) > MAXIMUM_OUTPUT {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

/// Finds place and words for what the evaluator reports; `reached` is the offset of the action that was running.
fn explain(error: EngineError, tree: &Tree, reached: usize) -> (usize, String) {
    match error {
        // A function's own failure: `Function::bind` puts the offset into `line`.
        EngineError::Lex { line, message, .. } => (line, message),
        EngineError::MissingKey { key } => {
            let used = tree.fields.iter().find(|field| field.action == reached && field.name == key);
            (used.map_or(reached, |field| field.offset), format!("can't evaluate field {key}"))
        }
        EngineError::Exec(message) => (reached, message),
        EngineError::UndefinedTemplate(name) => (reached, format!("template {name:?} not defined")),
        EngineError::RangeIterLimit => {
            (reached, format!("range goes on for more than {MAXIMUM_ROUNDS} rounds"))
        }
        EngineError::RecursionLimit => (reached, "templates call each other too deeply".to_owned()),
        EngineError::Write => (reached, format!("the output is larger than {MAXIMUM_OUTPUT} bytes")),
        EngineError::ArgCount { name, expected, got } => {
            (reached, format!("wrong number of args for {name}: want {expected} got {got}"))
        }
        other => (reached, other.to_string()),
    }
}

fn error_at(source: &str, phase: Phase, (offset, message): (usize, String)) -> TemplateError {
    let mut end = offset.min(source.len());
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    let before = source.get(..end).unwrap_or("");
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    TemplateError {
        phase,
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or("").chars().count() + 1,
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> Value {
        let grpc = record("GRPC", "{127.0.0.1 8502}", [("AgentPort", Value::String("8502".into()))]);
        record("Fields", "{…}", [("ProxyID", Value::String("tgw".into())), ("GRPC", grpc)])
    }

    fn rendered(source: &str) -> String {
        render(source, &data(), &[]).unwrap()
    }

    fn refusal(source: &str) -> (Phase, String) {
        let error = render(source, &data(), &[]).unwrap_err();
        (error.phase, error.to_string())
    }

    #[test]
    fn a_template_reads_the_fields_of_its_data_and_no_others() {
        let data = record("Fields", "{…}", [("ProxyID", Value::String("tgw".into()))]);
        assert_eq!(render("id: {{ .ProxyID }}", &data, &[]).unwrap(), "id: tgw");
        let error = render("{{ .NodeId }}", &data, &[]).unwrap_err();
        assert_eq!(error.to_string(), "1:4: can't evaluate field NodeId");
    }

    #[test]
    fn templates_that_go_refuses_are_refused_before_they_run() {
        for (source, message) in [
            ("{{ if .ProxyID }}x", "1:19: unexpected EOF"),
            ("a\n{{ end }}", "2:4: unexpected {{end}}"),
            ("{{ if 1 }}{{ else }}{{ else }}{{ end }}", "1:24: expected end; found {{else}}"),
            ("{{ define \"x\" }}y", "1:18: unexpected EOF"),
            ("{{ if false }}{{ toJson . }}{{ end }}", "1:18: function \"toJson\" not defined"),
            ("{{ \"\\q\" }}", "1:4: invalid syntax in string \"\\q\""),
            ("{{ $x }}", "1:4: undefined variable \"$x\""),
            ("{{ break }}", "1:4: {{break}} outside {{range}}"),
            ("{{ 1 | 2 }}", "1:8: non executable command in pipeline stage 2"),
            ("{{ printf\"x\" }}", "1:10: bad character U+0022 '\"'"),
            ("{{ .ProxyID", "1:1: unclosed action"),
        ] {
            assert_eq!(refusal(source), (Phase::Parse, message.to_owned()), "{source}");
            assert!(render(source, &Value::Nil, &[]).is_err(), "{source}");
        }
    }

    #[test]
    fn failures_say_where() {
        for (source, message) in [
            ("{\n \"id\": {{ .NodeId }} }", "2:11: can't evaluate field NodeId"),
            ("{{ .ProxyID.Name }}", "1:4: can't evaluate field Name in type string"),
            (
                "{{ if true }}{{ index .ProxyID 99 }}{{ end }}",
                "1:17: error calling index: index out of range: 99",
            ),
            ("{{ $x = 1 }}", "1:4: undefined variable: $x"),
            ("{{ template \"none\" }}", "1:4: template \"none\" not defined"),
            ("{{ len . }}", "1:4: error calling len: len of type Fields"),
            (
                "{{ define \"a\" }}{{ template \"a\" }}{{ end }}{{ template \"a\" }}",
                "1:20: templates call each other too deeply",
            ),
        ] {
            assert_eq!(refusal(source), (Phase::Execute, message.to_owned()), "{source}");
        }
    }

    #[test]
    fn go_semantics_that_are_easy_to_miss() {
        assert_eq!(rendered("{{ .GRPC | }}"), "{127.0.0.1 8502}");
        assert_eq!(rendered("{{ define \"t\" }}[{{ . }}]{{ end }}{{ template \"t\" }}"), "[<no value>]");
        assert_eq!(rendered("a {{- /* b */}} c"), "a c");
        assert_eq!(rendered("{{ with .GRPC }}{{ .AgentPort }}{{ $.ProxyID }}{{ end }}"), "8502tgw");
        assert_eq!(rendered("{{ printf \"%s\" .GRPC }} {{ 1e21 }}"), "{127.0.0.1 8502} 1e+21");
        assert_eq!(
            rendered("{{ range $e := 0 }}{{ else }}none{{ end }}{{ range 2 }}{{ . }}{{ end }}"),
            "none01"
        );
    }

    #[test]
    fn hostile_templates_end_with_an_error() {
        let nested = |open: &str, close: &str| open.repeat(50_000) + "1" + &close.repeat(50_000);
        for source in [
            format!("{{{{ {} }}}}", nested("(", ")")),
            nested("{{ if 1 }}", "{{ end }}"),
            format!("{{{{ if 0 }}}}{}{{{{ end }}}}", "{{ else if 0 }}".repeat(50_000)),
            "{{ range 2000000 }}{{ end }}".to_owned(),
        ] {
            assert!(render(&source, &data(), &[]).is_err());
        }
    }
}
