//! Where `termgate run` keeps its socket and the record of its Envoy, and how an Envoy is found that runs elsewhere.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::support::gateway::Gateway;
use crate::support::origin::Origin;
use crate::support::process::{children_of, is_alive};
use crate::support::steady::Steady;
use crate::world::{World, answered_by};

/// A corner of the mesh whose gateway no other run of the tests has, since the default places are the host's.
fn world() -> Result<World> {
    let mut world = World::new()?;
    world.gateway = format!("{}-{}", world.gateway, std::process::id());
    Ok(world)
}

/// Starts the gateway; with the service manager's folder if one is given.
fn start(world: &World, manager: Option<&Path>) -> Result<Gateway> {
    let run = world.run()?;
    world.launch(match manager {
        Some(folder) => run.env("RUNTIME_DIRECTORY", folder),
        None => run,
    })
}

/// The sockets below a folder.
fn sockets(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.ends_with("xds.sock") {
                found.push(path);
            } else if path.is_dir() {
                folders.push(path);
            }
        }
    }
    Ok(found)
}

#[test]
fn an_envoy_is_adopted_where_another_environment_put_it() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = world()?;
    let (first, second) = (Origin::plain("first")?, Origin::plain("second")?);
    let service = world.allowed("one", &first)?;
    let folder = tempfile::tempdir()?;
    let at = |name: &str| -> Result<PathBuf> {
        let path = folder.path().join(name);
        fs::create_dir_all(&path)?;
        Ok(path)
    };
    let manager = at("manager")?;
    let (mut gateway, frontend) = (start(&world, Some(&manager))?, world.frontend()?);
    answered_by(&mut gateway, &frontend, &service, "first")?;
    let client = Steady::start(world.frontend()?, gateway.address, &service);
    let [socket] = &sockets(&manager)?[..] else { anyhow::bail!("not one socket in {}", manager.display()) };
    let private = fs::metadata(socket.parent().context("no folder")?)?;
    assert_eq!(private.permissions().mode() & 0o777, 0o700);
    ensure!(
        sockets(&gateway.temporary_folder())?.is_empty(),
        "the service manager's folder is not the first"
    );

    // The folder is no longer named, another one is, and both are.
    let other = at("other")?;
    let mut envoy = None;
    let environments: [Option<String>; 3] =
        [None, Some(other.display().to_string()), Some(format!("{}:{}", other.display(), manager.display()))];
    for named in environments {
        let killed = gateway.kill_termgate()?;
        ensure!(envoy.replace(killed).is_none_or(|before| before == killed), "another Envoy runs");
        client.goes_on()?;
        gateway.run_again_with(|command| {
            match &named {
                None => command.env_remove("RUNTIME_DIRECTORY"),
                Some(folders) => command.env("RUNTIME_DIRECTORY", folders),
            };
        })?;
        gateway.says(&format!("adopted the running Envoy (pid {killed})"))?;
        gateway.says("ready: Envoy serves")?;
        ensure!(children_of(gateway.process.id())?.is_empty(), "a second Envoy was started");
    }
    world.consul.register_external(&service, second.address())?;
    answered_by(&mut gateway, &frontend, &service, "second")?;
    client.goes_on()?;
    client.end()?;
    ensure!(gateway.process.terminate()?.success(), "it did not end well");
    ensure!(envoy.is_some_and(|envoy| !is_alive(envoy)), "Envoy is still there");
    for folder in [manager, other] {
        ensure!(fs::read_dir(&folder)?.next().is_none(), "something is left in {}", folder.display());
    }
    Ok(())
}

#[test]
fn an_envoy_is_adopted_where_an_earlier_default_put_it() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = world()?;
    let origin = Origin::plain("one")?;
    let service = world.allowed("one", &origin)?;
    let (mut gateway, frontend) = (start(&world, None)?, world.frontend()?);
    answered_by(&mut gateway, &frontend, &service, "one")?;
    ensure!(sockets(&gateway.temporary_folder())?.len() == 1, "XDG_RUNTIME_DIR is not used");
    let envoy = gateway.kill_termgate()?;
    let folder = tempfile::tempdir()?;
    gateway.run_again_with(|command| {
        command.env("RUNTIME_DIRECTORY", folder.path());
    })?;
    gateway.says(&format!("adopted the running Envoy (pid {envoy})"))?;
    gateway.says("ready: Envoy serves")?;
    answered_by(&mut gateway, &frontend, &service, "one")?;
    ensure!(gateway.process.terminate()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn a_place_owned_by_another_user_does_not_block_the_start() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = world()?;
    let origin = Origin::plain("one")?;
    let service = world.allowed("one", &origin)?;
    let command = world.run()?;
    let user = nix::unistd::geteuid();
    let taken = command.directory().join("tmp").join(format!("termgate-{user}"));
    if user.is_root() {
        fs::create_dir(&taken)?;
        std::os::unix::fs::chown(&taken, Some(65534), Some(65534))?;
    } else {
        symlink("/tmp", &taken)?;
    }
    let mut gateway = world.launch(command)?;
    gateway.says("ready: Envoy serves")?;
    gateway.says(&taken.display().to_string())?;
    let reason = if user.is_root() { "belongs to another user" } else { "is not a directory" };
    gateway.says(reason)?;
    let frontend = world.frontend()?;
    answered_by(&mut gateway, &frontend, &service, "one")?;
    ensure!(
        fs::symlink_metadata(&taken)?.uid() == if user.is_root() { 65534 } else { user.as_raw() },
        "it was replaced"
    );
    ensure!(gateway.stop()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn a_run_directory_that_cannot_be_used_ends_the_start_and_names_the_flag() -> Result<()> {
    needs!(Consul, Envoy);
    let world = world()?;
    world.write_entry()?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("file");
    fs::write(&file, "")?;
    let long = folder.path().join("x".repeat(100));
    for (given, reason) in [(&file, "Not a directory"), (&long, "too long for a Unix socket (100 bytes)")] {
        let run = world.run()?.at_free_addresses()?.real_envoy()?;
        run.arg("--run-dir").arg(given).exits(1)?.says(&[
            "cannot use the run directory",
            reason,
            "--run-dir",
        ])?;
    }
    Ok(())
}
