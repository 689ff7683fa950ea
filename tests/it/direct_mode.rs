//! `termgate run --config-source direct`: real Consul, real Envoy, real traffic, live changes.

use std::fs;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};

use crate::support::consul::EXTERNAL_NODE;
use crate::support::http::Request;
use crate::support::mesh::Outcome;
use crate::support::origin::Origin;
use crate::support::pki::Authority;
use crate::world::{OUTSIDE, World, answered_by, refused, verified};

#[test]
fn plain_http_of_the_mesh_leaves_as_the_entry_says() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let ca = world.file("ca.pem", &world.authority.certificate)?;
    let identity = world.authority.server(&[OUTSIDE])?;
    let plain = Origin::plain("plain")?;
    let tls = Origin::tls("tls", &identity)?;
    let mutual = Origin::mutual_tls("mutual", &identity, &world.authority)?;

    let plain_name = world.allowed("plain", &plain)?;
    let tls_name = world.allowed_with("tls", tls.address(), verified(&ca))?;
    let with_pair = world.mutual(&ca, &world.authority)?;
    let mutual_name = world.allowed_with("mutual", mutual.address(), with_pair)?;
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);

    let seen = answered_by(&mut gateway, &frontend, &plain_name, "plain")?;
    assert_eq!((&seen["tls"], &seen["path"]), (&Value::Null, &json!("/path?query=1")));
    let seen = answered_by(&mut gateway, &frontend, &tls_name, "tls")?;
    assert_eq!((&seen["sni"], &seen["client_certificate"]), (&json!(OUTSIDE), &Value::Null));
    let seen = answered_by(&mut gateway, &frontend, &mutual_name, "mutual")?;
    assert_eq!((&seen["sni"], &seen["client_certificate"]), (&json!(OUTSIDE), &json!("CN=gateway")));
    Ok(())
}

#[test]
fn a_server_that_the_entrys_ca_or_sni_does_not_vouch_for_gets_nothing() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let other = Authority::new("Another CA")?;
    let ca = world.file("ca.pem", &world.authority.certificate)?;
    let wrong_ca = Origin::tls("wrong ca", &other.server(&[OUTSIDE])?)?;
    let wrong_name = Origin::tls("wrong name", &world.authority.server(&["somebody-else.example"])?)?;
    let fine = world.tls_origin("fine")?;
    let mut names = Vec::new();
    for origin in [&fine, &wrong_ca, &wrong_name] {
        names.push(world.allowed_with("checked", origin.address(), verified(&ca))?);
    }
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);

    answered_by(&mut gateway, &frontend, &names[0], "fine")?;
    for name in &names[1..] {
        frontend.get(gateway.address, name, "/")?.refused()?;
    }
    assert!(wrong_ca.seen().is_empty() && wrong_name.seen().is_empty());
    Ok(())
}

#[test]
fn only_sources_with_an_intention_get_through_from_the_moment_it_is_written_to_its_removal() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let origin = Origin::plain("one")?;
    let service = world.register("guarded", &origin, json!({}))?;
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);
    let stranger = world.stranger()?;

    refused(&mut gateway, &frontend, &service)?;
    let intention = world.consul.allow(&world.frontend, &service)?;
    answered_by(&mut gateway, &frontend, &service, "one")?;
    stranger.get(gateway.address, &service, "/")?.refused()?;
    world.consul.delete_intention(&intention)?;
    refused(&mut gateway, &frontend, &service)?;
    Ok(())
}

#[test]
fn a_deny_for_one_source_outweighs_an_allow_for_all() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let origin = Origin::plain("one")?;
    let service = world.register("guarded", &origin, json!({}))?;
    let banned = world.consul.unique("banned");
    world.consul.allow("*", &service)?;
    world.consul.deny(&banned, &service)?;
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);

    answered_by(&mut gateway, &frontend, &service, "one")?;
    world.consul.mesh_client(&banned)?.get(gateway.address, &service, "/")?.refused()?;
    assert_eq!(origin.seen().len(), 1);
    Ok(())
}

#[test]
fn an_instance_that_moves_comes_or_goes_is_followed_without_breaking_others() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let (first, second) = (Origin::plain("first")?, Origin::plain("second")?);
    let steady = Origin::plain("steady")?;
    let service = world.allowed("moving", &first)?;
    let bystander = world.allowed("steady", &steady)?;
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);
    answered_by(&mut gateway, &frontend, &service, "first")?;
    answered_by(&mut gateway, &frontend, &bystander, "steady")?;
    let mut open = frontend.connect(gateway.address, &bystander).map_err(|_| anyhow!("not connected"))?;

    world.consul.register_external(&service, second.address())?;
    answered_by(&mut gateway, &frontend, &service, "second")?;
    world.consul.register_instance(&service, &format!("{service}-b"), first.address())?;
    answered_by(&mut gateway, &frontend, &service, "first")?;
    world.consul.deregister_external(&service)?;
    let at = gateway.address;
    gateway.eventually("the second to get no more requests", || {
        let before = second.seen().len();
        for _ in 0..4 {
            frontend.get(at, &service, "/")?.answer()?;
        }
        ensure!(second.seen().len() == before, "it still gets some");
        Ok(())
    })?;
    // A connection that was open all along still works: no listener was replaced under it.
    let answer = open.exchange(&Request::new("GET", "/", &bystander))?.json()?;
    assert_eq!(answer["instance"], "steady");
    Ok(())
}

#[test]
fn a_service_is_reached_once_it_is_linked_and_refused_once_it_is_not() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let (first, later) = (Origin::plain("first")?, Origin::plain("later")?);
    let first_name = world.allowed("first", &first)?;
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);
    answered_by(&mut gateway, &frontend, &first_name, "first")?;

    let later_name = world.allowed("later", &later)?;
    frontend.get(gateway.address, &later_name, "/")?.refused()?;
    world.write_entry()?;
    answered_by(&mut gateway, &frontend, &later_name, "later")?;

    world.links.remove(&first_name);
    world.write_entry()?;
    refused(&mut gateway, &frontend, &first_name)?;
    answered_by(&mut gateway, &frontend, &later_name, "later")?;
    Ok(())
}

#[test]
fn an_http_service_is_refused_with_403_and_learns_who_the_client_is() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let origin = Origin::plain("one")?;
    let service = world.allowed("web", &origin)?;
    world.consul.set_protocol(&service, "http")?;
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);
    let stranger = world.stranger()?;

    let answer = answered_by(&mut gateway, &frontend, &service, "one")?;
    let forwarded = answer["headers"]["x-forwarded-client-cert"].as_str().context("no client certificate")?;
    ensure!(forwarded.contains(&frontend.spiffe_id(&world.frontend)), "{forwarded}");
    match stranger.get(gateway.address, &service, "/")? {
        Outcome::Answered(response) => assert_eq!(response.status, 403),
        refusal @ Outcome::Refused(_) => panic!("expected status 403, {refusal}"),
    }
    Ok(())
}

#[test]
fn an_instance_with_a_critical_check_gets_no_requests() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let (good, bad) = (Origin::plain("good")?, Origin::plain("bad")?);
    let service = world.allowed("checked", &good)?;
    let second = format!("{service}-b");
    world.consul.register_instance(&service, &second, bad.address())?;
    let check = |status: &str| {
        let check = json!({
            "Node": EXTERNAL_NODE, "CheckID": format!("check:{second}"), "Name": "alive", "Status": status,
            "ServiceID": second,
        });
        let node =
            json!({"Node": EXTERNAL_NODE, "Address": "127.0.0.1", "SkipNodeUpdate": true, "Check": check});
        world.consul.put("/v1/catalog/register", &node).map(drop)
    };
    check("critical")?;
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);
    let at = gateway.address;
    answered_by(&mut gateway, &frontend, &service, "good")?;
    for _ in 0..6 {
        assert_eq!(frontend.get(at, &service, "/")?.answer()?["instance"], "good");
    }
    check("passing")?;
    answered_by(&mut gateway, &frontend, &service, "bad")?;
    check("critical")?;
    gateway.eventually("the critical one to get no more requests", || {
        let before = bad.seen().len();
        for _ in 0..4 {
            frontend.get(at, &service, "/")?.answer()?;
        }
        ensure!(bad.seen().len() == before, "it still gets some");
        Ok(())
    })
}

#[test]
fn a_service_whose_ca_file_is_missing_is_closed_until_the_file_is_there() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let tls = world.tls_origin("tls")?;
    let plain = Origin::plain("plain")?;
    let path = world.path("late-ca.pem");
    let late = world.allowed_with("late", tls.address(), verified(&path))?;
    let bystander = world.allowed("plain", &plain)?;
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);

    answered_by(&mut gateway, &frontend, &bystander, "plain")?;
    frontend.get(gateway.address, &late, "/")?.refused()?;
    assert!(tls.seen().is_empty() && tls.failed_handshakes().is_empty(), "the server was spoken to");
    gateway.says(&path)?;

    fs::write(&path, &world.authority.certificate)?;
    answered_by(&mut gateway, &frontend, &late, "tls")?;
    Ok(())
}
