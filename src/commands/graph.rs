//! `termgate graph`: who reaches what through a gateway, as a picture.

use std::path::{Path, PathBuf};

use super::doctor::look;
use crate::doctor::Evidence;
use crate::doctor::facts::Asked;
use crate::error::{CommandError, Kind};
use crate::graph::Graph;
use crate::output::Reporter;
use crate::render::RenderOptions;
use crate::settings::doctor::DoctorSettings;
use crate::system::write_file::{self, Access};

/// How the graph is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum GraphFormat {
    /// For Markdown
    Mermaid,
    /// For Graphviz
    Dot,
    /// A picture that needs nothing else
    Svg,
    /// For scripts, without groups
    Json,
}

impl GraphFormat {
    /// The form that a file's name ends with.
    fn of(file: &Path) -> Option<Self> {
        match file.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "mmd" | "mermaid" | "md" => Some(Self::Mermaid),
            "dot" | "gv" => Some(Self::Dot),
            "svg" => Some(Self::Svg),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// What is drawn, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// How.
    pub format: Option<GraphFormat>,
    /// The file; absent: stdout.
    pub file: Option<PathBuf>,
}

/// Looks, and draws what is there.
pub async fn run(
    settings: &DoctorSettings,
    picture: &Picture,
    reporter: &Reporter,
) -> Result<u8, CommandError> {
    let printer = reporter.printer();
    let sign = printer.waiting("looking at the gateway");
    let facts = look(settings).await?;
    drop(sign);
    if let (None, Asked::Failed(trouble)) = (&facts.snapshot, &facts.agent) {
        let error = CommandError::message(Kind::Agent, &trouble.message);
        return Err(if trouble.help.is_empty() { error } else { error.hint(&trouble.help) });
    }
    let evidence = Evidence::of(&facts, settings.tls_files.system_ca, &settings.allowed_addresses);
    let graph = Graph::of(&evidence, &RenderOptions::default(), |finding| reporter.judge(finding));
    reporter.finish();
    reporter.stop_if_strict("nothing was printed")?;
    let by_name = picture.file.as_deref().and_then(GraphFormat::of);
    let text = match picture.format.or(by_name).unwrap_or(GraphFormat::Mermaid) {
        GraphFormat::Mermaid => graph.mermaid(),
        GraphFormat::Dot => graph.dot(),
        GraphFormat::Svg => graph.svg(),
        GraphFormat::Json => {
            let text = serde_json::to_string_pretty(&graph);
            text.map_err(|error| CommandError::new(Kind::Failed, error))? + "\n"
        }
    };
    match &picture.file {
        None => printer.data(&text)?,
        Some(path) => write_file::write(path, text.as_bytes(), Access::Private)
            .map_err(|error| CommandError::writing(path, error))?,
    }
    Ok(0)
}
