//! `termgate audit egress`: every way out of the mesh through the gateway, judged.

use std::collections::BTreeSet;
use std::path::Path;

use super::doctor::{DoctorFormat, look};
use crate::consul::Consul;
use crate::doctor::Evidence;
use crate::doctor::facts::{Asked, Facts, Trouble};
use crate::doctor::show::versions;
use crate::egress::allow::AllowList;
use crate::egress::{self, AllowFile, Audit};
use crate::error::{CommandError, Kind};
use crate::gateway::registration::KIND;
use crate::output::Reporter;
use crate::output::annotations::{self, Annotation};
use crate::settings::doctor::DoctorSettings;
use crate::snapshot::assemble::Answer;
use crate::system::read_file;

/// The exit code for a finding of severity failure.
const FAILED: u8 = 10;

/// Looks, judges and prints.
pub async fn egress(
    settings: &DoctorSettings,
    allow: Option<&Path>,
    (format, width): (DoctorFormat, usize),
    reporter: &Reporter,
) -> Result<u8, CommandError> {
    let printer = reporter.printer();
    let allow = allow.map(read).transpose()?;
    let sign = printer.waiting("looking at the ways out of the mesh");
    let facts = look(settings).await?;
    refuse_without_answers(&facts)?;
    let others = linked_to_others(settings, &facts).await;
    drop(sign);
    let evidence = Evidence::of(&facts, settings.tls_files.system_ca, &settings.allowed_addresses);
    let audit = Audit::new(
        &evidence,
        allow.as_ref(),
        others.as_ref().map_err(String::as_str),
        |finding| reporter.judge(finding),
        || reporter.notes(),
    );
    match format {
        DoctorFormat::Human => printer.styled(&egress::human(&audit, width, printer.stdout_colour()))?,
        DoctorFormat::Short => {
            let versions = versions(facts.consul().as_deref(), facts.envoy().as_deref());
            printer.styled(&egress::short(&audit, &versions))?;
        }
        DoctorFormat::Json => printer.json(&audit)?,
        DoctorFormat::Junit => printer.data(egress::junit(&audit))?,
        DoctorFormat::Sarif => {
            let all: Vec<Annotation<'_>> = audit.all().map(Annotation::of_subject).collect();
            printer.json(&annotations::sarif(&all, Path::new("/")))?;
        }
    }
    Ok(if audit.ok { 0 } else { FAILED })
}

/// Reads an allow list.
fn read(path: &Path) -> Result<AllowFile, CommandError> {
    let shown = path.display();
    let context = || format!("cannot read the allow list `{shown}`");
    let bytes = read_file::named_in_time(path, read_file::ENTRY)
        .map_err(|error| CommandError::new(Kind::InvalidInput, error).context(context()))?;
    let list = AllowList::read(&bytes)
        .map_err(|error| CommandError::new(Kind::InvalidInput, error).context(context()))?;
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    Ok(AllowFile { path: shown.to_string(), is_hcl: first != Some(&b'{') && path.is_file(), list })
}

/// Without the gateway's links there is nothing to judge: that must not look as if nothing were wrong.
fn refuse_without_answers(facts: &Facts) -> Result<(), CommandError> {
    let ((Asked::Failed(trouble), _) | (_, Some(trouble))) = (&facts.agent, facts.lacks(Answer::Links))
    else {
        return Ok(());
    };
    let Trouble { message, help, is_denied, is_unknown_token, .. } = trouble;
    let kind = if *is_denied || *is_unknown_token { Kind::PermissionDenied } else { Kind::Agent };
    let error =
        CommandError::message(kind, format_args!("cannot read what the gateway is linked to: {message}"));
    Err(if help.is_empty() { error } else { error.hint(help) })
}

/// The services that other terminating gateways are linked to; why they are not known.
async fn linked_to_others(settings: &DoctorSettings, facts: &Facts) -> Result<BTreeSet<String>, String> {
    let nodes = facts.nodes.known()?;
    let gateways = nodes.iter().flat_map(|node| &node.services).filter(|service| service.kind == KIND);
    let others: BTreeSet<&str> =
        gateways.map(|gateway| gateway.service.as_str()).filter(|name| *name != facts.name).collect();
    let mut linked = BTreeSet::new();
    let Some(consul) = settings.consul.as_ref().filter(|_| !others.is_empty()) else { return Ok(linked) };
    let consul = Consul::new(consul).map_err(|error| error.to_string())?;
    for gateway in others {
        let links = consul.gateway_services(gateway).await.map_err(|error| error.to_string())?;
        linked.extend(links.into_iter().map(|link| link.service.name));
    }
    Ok(linked)
}
