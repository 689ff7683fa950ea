//! `termgate explain`: the way of a request, and where it ends.

use super::doctor::look;
use crate::doctor::Evidence;
use crate::error::CommandError;
use crate::explain::{self, Asking};
use crate::intentions::Request;
use crate::output::{Format, Reporter};
use crate::render::RenderOptions;
use crate::settings::doctor::DoctorSettings;
use crate::settings::intentions::AskedRequest;

/// The exit code for a broken hop.
const BROKEN: u8 = 10;

/// Whose request for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The linked service.
    pub service: String,
    /// The service that connects.
    pub source: Option<String>,
    /// The request.
    pub request: Option<AskedRequest>,
    /// Whether paths are not normalised.
    pub insecure_disable_path_normalization: bool,
}

/// Follows the way and prints it.
pub async fn run(
    settings: &DoctorSettings,
    question: &Question,
    (format, width): (Format, usize),
    reporter: &Reporter,
) -> Result<u8, CommandError> {
    let printer = reporter.printer();
    let sign = printer.waiting("following the way");
    let facts = look(settings).await?;
    drop(sign);
    let evidence = Evidence::of(&facts, settings.tls_files.system_ca, &settings.allowed_addresses);
    let options = RenderOptions {
        insecure_disable_path_normalization: question.insecure_disable_path_normalization,
        ..RenderOptions::default()
    };
    let headers: Vec<(&str, &str)> = question
        .request
        .iter()
        .flat_map(|request| &request.headers)
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let request = question.request.as_ref().map(|request| Request {
        method: &request.method,
        path: &request.path,
        headers: &headers,
    });
    let asking = Asking { service: &question.service, source: question.source.as_deref(), request };
    let way = explain::explain(&evidence, &options, asking, |finding| reporter.judge(finding));
    reporter.finish();
    match format {
        Format::Json => printer.json(&way)?,
        Format::Human => printer.styled(&explain::human(&way, width, printer.stdout_colour()))?,
    }
    Ok(if way.ok { 0 } else { BROKEN })
}
