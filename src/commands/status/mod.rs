//! `termgate status`: the live gateway, once or again and again.

mod observe;
mod screen;
mod watch;

use tokio::time::sleep;

use self::observe::Observer;
use crate::config_entry::TERMINATING_GATEWAY;
use crate::error::{CommandError, Kind};
use crate::graph::Graph;
use crate::output::{Format, Reporter};
use crate::render::RenderOptions;
use crate::settings::status::StatusSettings;
use crate::status::{self, html};
use crate::system::clock;
use crate::system::write_file::{self, Access};

/// Looks and shows it.
pub async fn run(
    settings: &StatusSettings,
    (format, width): (Format, usize),
    reporter: &Reporter,
) -> Result<u8, CommandError> {
    let printer = reporter.printer();
    let sign = printer.waiting("looking at the gateway");
    let mut observer = Box::pin(Observer::new(&settings.looks)).await?;
    if settings.watch {
        drop(sign);
        return watch::run(settings, observer, format, printer).await;
    }
    if !observer.knows_gateway() {
        let gateway = &observer.facts.name;
        let text = format!(
            "cannot find the gateway `{gateway}`: it is not registered, and there is no {TERMINATING_GATEWAY} entry of this name"
        );
        return Err(CommandError::message(Kind::Failed, text).hint(
            "name the gateway with --service; `termgate config list -kind terminating-gateway` lists the entries",
        ));
    }
    if !settings.interval.is_zero() && observer.has_counters() {
        sleep(settings.interval).await;
        observer.sample().await;
    }
    drop(sign);
    let status = observer.status();
    if let Some(path) = &settings.html {
        let graph = Graph::of(&observer.evidence(), &RenderOptions::default(), Some).svg();
        let page = html(&status, Some(&graph), &clock::rfc3339_milliseconds(clock::now()));
        write_file::write(path, page.as_bytes(), Access::Private)
            .map_err(|error| CommandError::writing(path, error))?;
        return Ok(0);
    }
    match format {
        Format::Json => printer.json(&status)?,
        Format::Human => printer.styled(&status::human(&status, width, printer.stdout_colour()))?,
    }
    Ok(0)
}
