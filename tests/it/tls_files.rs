//! The TLS files of linked services, replaced while a gateway in direct mode runs.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::support::command::Termgate;
use crate::support::consul::free_address;
use crate::support::envoy::Envoy;
use crate::support::gateway::Gateway;
use crate::support::http::Request;
use crate::support::mesh::MeshClient;
use crate::support::monitor::count;
use crate::support::origin::Origin;
use crate::support::pki::{Authority, Rotating};
use crate::world::{OUTSIDE, World, answered_by, refused, verified};

/// How often Envoy took new TLS files for a service's cluster.
fn renewals(gateway: &Gateway, client: &MeshClient, service: &str) -> Result<u64> {
    let cluster = client.sni(service);
    gateway.admin.stat(&format!("cluster.{cluster}.client_ssl_socket_factory.ssl_context_update_by_sds"))
}

fn renewed(gateway: &mut Gateway, client: &MeshClient, service: &str, before: u64) -> Result<u64> {
    let (admin, name) = (gateway.admin, client.sni(service));
    gateway.eventually("Envoy to take the new file", || {
        let stat = format!("cluster.{name}.client_ssl_socket_factory.ssl_context_update_by_sds");
        let now = admin.stat(&stat)?;
        ensure!(now > before, "{now} renewals, {before} before");
        Ok(now)
    })
}

/// Puts `files` into the folder `mount` as Kubernetes does: a new folder, and one symbolic link that is swapped.
fn mount(world: &World, mount: &str, version: &str, files: &[(&str, &str)]) -> Result<()> {
    let folder = world.path(mount);
    fs::create_dir_all(format!("{folder}/..{version}"))?;
    for (name, content) in files {
        fs::write(format!("{folder}/..{version}/{name}"), content)?;
        if fs::symlink_metadata(format!("{folder}/{name}")).is_err() {
            symlink(format!("..data/{name}"), format!("{folder}/{name}"))?;
        }
    }
    symlink(format!("..{version}"), format!("{folder}/..data_tmp"))?;
    fs::rename(format!("{folder}/..data_tmp"), format!("{folder}/..data"))?;
    Ok(())
}

#[test]
fn the_ca_and_the_client_certificate_of_a_service_are_rotated_without_one_failed_request() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let next = Authority::new("Next private CA")?;
    let both = format!("{}{}", world.authority.certificate, next.certificate);
    let shown = Rotating::new(&world.authority.server(&[OUTSIDE])?)?;
    let origin = Origin::configured("mutual", shown.server_config(&both)?)?;
    mount(&world, "ca", "1", &[("ca.pem", &world.authority.certificate)])?;
    let tls = world.mutual(&world.path("ca/ca.pem"), &world.authority)?;
    let service = world.allowed_with("mutual", origin.address(), tls)?;
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);
    answered_by(&mut gateway, &frontend, &service, "mutual")?;
    let (at, admin) = (gateway.address, gateway.admin);
    let mut open = frontend.connect(at, &service).map_err(|_| anyhow::anyhow!("not connected"))?;
    open.exchange(&Request::new("GET", "/", &service))?;
    let replaced = || -> Result<u64> {
        Ok(admin.stat("listener_manager.listener_modified")?
            + admin.stat("listener_manager.listener_in_place_updated")?
            + admin.stat("cluster_manager.cluster_modified")?)
    };
    let replaced_before = replaced()?;

    let (stop, requests) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| -> Result<()> {
        let steady = scope.spawn(|| -> Result<()> {
            while !stop.load(Ordering::SeqCst) {
                frontend.get(at, &service, "/steady")?.answer()?;
                requests.fetch_add(1, Ordering::SeqCst);
            }
            Ok(())
        });
        let rotation = (|| -> Result<()> {
            let mut count = renewals(&gateway, &frontend, &service)?;
            mount(&world, "ca", "2", &[("ca.pem", &both)])?;
            count = renewed(&mut gateway, &frontend, &service, count)?;
            shown.replace(&next.server(&[OUTSIDE])?)?;

            // Certificate first: until its key is there, too, the old pair is shown.
            let renewed_client = next.client("renewed")?;
            world.file("client.pem", &renewed_client.certificate)?;
            gateway.says("it is not the key of the certificate")?;
            ensure!(frontend.get(at, &service, "/")?.answer()?["client_certificate"] == "CN=gateway");
            world.file("client.key", &renewed_client.key)?;
            count = renewed(&mut gateway, &frontend, &service, count)?;
            gateway.eventually("the new certificate to be shown", || {
                let seen = frontend.get(at, &service, "/")?.answer()?;
                ensure!(seen["client_certificate"] == "CN=renewed", "{seen}");
                Ok(())
            })?;
            gateway.says("resolved: TLS file")?;

            mount(&world, "ca", "3", &[("ca.pem", &next.certificate)])?;
            renewed(&mut gateway, &frontend, &service, count)?;
            frontend.get(at, &service, "/")?.answer()?;
            Ok(())
        })();
        stop.store(true, Ordering::SeqCst);
        let steady = steady.join().expect("the steady client panicked");
        rotation?;
        steady.context("a request of the steady client failed")
    })?;
    assert!(requests.load(Ordering::SeqCst) > 10, "{requests:?} requests are too few to tell");
    // No listener and no cluster was replaced, and the connection from before is still open.
    assert_eq!(replaced()?, replaced_before);
    assert_eq!(open.exchange(&Request::new("GET", "/", &service))?.json()?["instance"], "mutual");
    // A server that only the old CA vouches for is not trusted any more.
    shown.replace(&world.authority.server(&[OUTSIDE])?)?;
    refused(&mut gateway, &frontend, &service)?;
    let (dump, said) = (gateway.admin.config_dump()?.to_string(), gateway.process.output());
    assert!(!dump.contains("PRIVATE KEY") && !said.contains("PRIVATE KEY"), "a private key is shown");
    Ok(())
}

#[test]
fn a_lost_or_damaged_file_leaves_its_service_open_with_the_last_good_content() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let tls = world.tls_origin("tls")?;
    let ca = world.file("ca.pem", &world.authority.certificate)?;
    let service = world.allowed_with("tls", tls.address(), verified(&ca))?;
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);
    answered_by(&mut gateway, &frontend, &service, "tls")?;

    world.file("ca.pem", "-----BEGIN CERTIFICATE-----\nMIIB")?;
    gateway.says("the last good content stays in use")?;
    frontend.get(gateway.address, &service, "/")?.answer()?;
    fs::remove_file(&ca)?;
    gateway.says("No such file")?;
    frontend.get(gateway.address, &service, "/")?.answer()?;
    world.file("ca.pem", &world.authority.certificate)?;
    gateway.says("resolved: TLS file")?;
    frontend.get(gateway.address, &service, "/")?.answer()?;
    Ok(())
}

#[test]
fn the_platforms_cas_verify_a_server_by_keyword_or_by_flag() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let fine = world.tls_origin("fine")?;
    let other = Origin::tls("other", &Authority::new("Another CA")?.server(&[OUTSIDE])?)?;
    let bundle = world.file("bundle.pem", &world.authority.certificate)?;
    let by_word = world.allowed_with("word", fine.address(), verified("system"))?;
    let by_flag = world.allowed_with("flag", fine.address(), json!({"SNI": OUTSIDE}))?;
    let stranger = world.allowed_with("stranger", other.address(), json!({"SNI": OUTSIDE}))?;
    let run = world.run()?.arg("--system-ca").env("SSL_CERT_FILE", &bundle);
    let (mut gateway, frontend) = (world.launch(run)?, world.frontend()?);
    for service in [&by_word, &by_flag] {
        let seen = answered_by(&mut gateway, &frontend, service, "fine")?;
        assert_eq!(seen["sni"], OUTSIDE);
    }
    frontend.get(gateway.address, &stranger, "/")?.refused()?;
    assert!(other.seen().is_empty());

    // What `render` prints names the file that this host has.
    let render = Termgate::new(["render", "--service", &world.gateway, "--format", "resources"])?
        .consul(world.consul)
        .env("SSL_CERT_FILE", &bundle);
    let resources: Value = render.succeeds()?.json()?;
    let text = resources["clusters"].to_string();
    assert_eq!(text.matches(&bundle).count(), 1, "{text}");
    Ok(())
}

#[test]
fn a_file_that_only_envoy_would_refuse_closes_its_service_and_nothing_else() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let tls = world.tls_origin("tls")?;
    let good = world.authority.certificate.clone();
    let joined = good.trim_end().to_owned() + &Authority::new("Another CA")?.certificate;
    let mut register = |stem: &str, text: &str| -> Result<(String, String)> {
        let file = world.file(&format!("{stem}.pem"), text)?;
        let service = world.allowed_with(stem, tls.address(), verified(&file))?;
        Ok((service, file))
    };
    let (joined_service, joined_file) = register("joined", &joined)?;
    let (good_service, _) = register("good", &good)?;
    let metrics = free_address()?;
    let run = world.run()?.args(["--metrics-bind", &metrics.to_string()]);
    let (mut gateway, frontend) = (world.launch(run)?, world.frontend()?);
    answered_by(&mut gateway, &frontend, &good_service, "tls")?;
    refused(&mut gateway, &frontend, &joined_service)?;
    let line = good.lines().count();
    gateway
        .says(&format!("`{joined_service}`: CAFile `{joined_file}`: line {line}: END of one PEM block"))?;
    gateway.says("a line of their own")?;
    let output = gateway.process.output();
    ensure!(!output.contains("Envoy refused"), "{output}");
    assert_eq!(count(metrics, "termgate_served_services")?, 1);
    world.file("joined.pem", &good)?;
    answered_by(&mut gateway, &frontend, &joined_service, "tls")?;
    assert_eq!(count(metrics, "termgate_served_services")?, 2);
    Ok(())
}

#[test]
fn an_expired_ca_is_reported_before_its_renewed_copy_and_harmless_after_it() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let tls = world.tls_origin("tls")?;
    let (good, expired) = (world.authority.certificate.clone(), world.authority.expired("Private CA")?);
    let file = world.file("rotated.pem", &format!("{expired}{good}"))?;
    let service = world.allowed_with("rotated", tls.address(), verified(&file))?;
    let entry = world.file(
        "entry.hcl",
        &format!(
            "Kind = \"terminating-gateway\"\nName = \"gw\"\nServices = [ {{ Name = \"a\" SNI = \"a\" CAFile = \"{file}\" }} ]\n"
        ),
    )?;
    let check = Termgate::new(["config", "validate", "--check-files", &entry])?.exits(3)?;
    check.says(&["certificate-hides-renewed", "rotated.pem"])?;

    let (mut gateway, frontend) = (world.start()?, world.frontend()?);
    gateway.says("has expired and hides the valid one after it")?;
    refused(&mut gateway, &frontend, &service)?;
    world.file("rotated.pem", &format!("{good}{expired}"))?;
    answered_by(&mut gateway, &frontend, &service, "tls")?;
    Ok(())
}

#[test]
fn envoy_judges_every_form_of_certificates_and_keys_as_recorded() -> Result<()> {
    needs!(Envoy);
    let forms: Vec<Value> = serde_json::from_str(include_str!("../fixtures/tls_files/forms.json"))?;
    let cluster = |index: usize, form: &Value| {
        let text = |key: &str| json!({"inline_string": form[key]});
        let context = if form["authorities"].is_string() {
            json!({"validation_context": {"trusted_ca": text("authorities")}})
        } else {
            json!({"tls_certificates": [{"certificate_chain": text("certificate"), "private_key": text("key")}]})
        };
        let socket = json!({
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            "common_tls_context": context,
        });
        let name = format!("c{index}");
        json!({
            "name": name,
            "load_assignment": {"cluster_name": name},
            "transport_socket": {"name": "tls", "typed_config": socket},
        })
    };
    let validate = |clusters: Vec<Value>| {
        Envoy::validate(&json!({"static_resources": {"clusters": clusters}}).to_string())
    };
    let (refused, taken): (Vec<_>, Vec<_>) =
        forms.iter().enumerate().partition(|(_, form)| form["envoy"].is_string());
    validate(taken.iter().map(|(index, form)| cluster(*index, form)).collect())?;
    for (index, form) in refused {
        ensure!(validate(vec![cluster(index, form)]).is_err(), "Envoy takes `{}`", form["name"]);
    }
    Ok(())
}
