//! What help, completions and man pages add to the grammar: groups of commands, examples, and the drop-in commands with
//! their flags.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use clap::{Arg, Command};

use super::examples::examples;
use super::{dropin, flags};

/// The commands in the order of the help.
const GROUPS: &[(&str, &[&str])] = &[
    ("Run a gateway", &["run", "connect", "bootstrap", "register", "deregister", "reload"]),
    ("Configure it", &["config", "services", "address"]),
    (
        "Inspect it",
        &["doctor", "explain", "status", "graph", "audit", "intentions", "acl", "render", "snapshot"],
    ),
    (
        "Stand in for Consul",
        &["login", "logout", "intention", "catalog", "info", "kv", "members", "validate", "version"],
    ),
    ("Set up the shell", &["completions", "man", "help"]),
];

/// Command lines to paste, by command.
const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "termgate run --service us-west-gateway --address 10.0.0.5:8443",
            "termgate services link billing --service us-west-gateway",
            "termgate config apply --dry-run entries/",
        ],
    ),
    (
        "reload",
        &[
            "termgate reload --service us-west-gateway",
            "termgate reload --service-id us-west-gateway-2 --run-dir /run/termgate",
        ],
    ),
    (
        "run",
        &[
            "termgate run --service us-west-gateway --address 10.0.0.5:8443",
            "termgate run --address '{{ GetPrivateIP }}:8443' --deregister-on-exit",
            "termgate run --snapshot gateway.json -- --log-level debug",
        ],
    ),
    (
        "bootstrap",
        &[
            "termgate bootstrap --service us-west-gateway -o bootstrap.json",
            "termgate bootstrap --service us-west-gateway --explain-config",
        ],
    ),
    (
        "register",
        &[
            "termgate register --service us-west-gateway --address 10.0.0.5:8443",
            "termgate register --service-config gateway.hcl --dry-run",
        ],
    ),
    (
        "deregister",
        &[
            "termgate deregister --service us-west-gateway",
            "termgate deregister --service-id gateway-2 --dry-run",
        ],
    ),
    (
        "audit",
        &[
            "termgate audit egress --service us-west-gateway",
            "termgate audit egress --service us-west-gateway --allow allow.hcl --resolve",
        ],
    ),
    (
        "audit egress",
        &[
            "termgate audit egress --service us-west-gateway",
            "termgate audit egress --service us-west-gateway --allow allow.hcl --resolve",
            "termgate audit egress --snapshot gateway.json --allow allow.hcl --output sarif",
        ],
    ),
    (
        "acl",
        &[
            "termgate acl policy --service us-west-gateway",
            "termgate acl policy --service us-west-gateway --check",
        ],
    ),
    (
        "acl policy",
        &[
            "termgate acl policy --service us-west-gateway",
            "termgate acl policy --service us-west-gateway --format json",
            "termgate acl policy --check --token-file /run/secrets/gateway-token",
        ],
    ),
    (
        "explain",
        &[
            "termgate explain billing --service us-west-gateway",
            "termgate explain billing --from web --path /v1/invoices --method PUT",
            "termgate explain billing --from web --snapshot gateway.json --output json",
        ],
    ),
    (
        "graph",
        &[
            "termgate graph --service us-west-gateway -o gateway.svg",
            "termgate graph --service us-west-gateway --format dot -o gateway.dot",
            "termgate graph --snapshot gateway.json",
        ],
    ),
    (
        "status",
        &[
            "termgate status --service us-west-gateway",
            "termgate status --service us-west-gateway --watch",
            "termgate status --snapshot gateway.json --html status.html",
        ],
    ),
    (
        "intentions",
        &[
            "termgate intentions check web billing --service us-west-gateway",
            "termgate intentions list --service us-west-gateway",
        ],
    ),
    (
        "intentions check",
        &[
            "termgate intentions check web billing --path /v1/invoices",
            "termgate intentions check web billing --method PUT --header 'x-team: a'",
            "termgate intentions check web billing --snapshot gateway.json",
        ],
    ),
    (
        "intentions list",
        &[
            "termgate intentions list --service us-west-gateway",
            "termgate intentions list --snapshot gateway.json --output json",
        ],
    ),
    (
        "doctor",
        &[
            "termgate doctor --service us-west-gateway",
            "termgate doctor --service us-west-gateway --probe --output short",
            "termgate doctor --explain no-healthy-instance",
        ],
    ),
    (
        "render",
        &[
            "termgate render --service us-west-gateway",
            "termgate render --snapshot gateway.json --format resources",
        ],
    ),
    (
        "snapshot",
        &[
            "termgate snapshot --service us-west-gateway -o gateway.json",
            "termgate snapshot --service us-west-gateway --with-secrets -o gateway.json",
        ],
    ),
    (
        "address",
        &["termgate address eval '{{ GetPrivateIP }}:8443'", "termgate address eval '{{ GetPublicIP }}'"],
    ),
    (
        "address eval",
        &[
            "termgate address eval '{{ GetInterfaceIP \"eth0\" }}:8443'",
            "termgate address eval --interfaces host.json '{{ GetPrivateIP }}:8443'",
        ],
    ),
    (
        "config",
        &[
            "termgate config validate entries/",
            "termgate config diff entries/",
            "termgate config write gateway.hcl",
        ],
    ),
    (
        "config validate",
        &[
            "termgate config validate entries/",
            "termgate config validate --strict --consul-version 1.8.7 gateway.hcl",
            "termgate config validate --output github entries/",
        ],
    ),
    ("config fmt", &["termgate config fmt entries/", "termgate config fmt --check entries/"]),
    (
        "config convert",
        &[
            "termgate config convert --to json gateway.hcl",
            "termgate config convert --to hcl gateway.json -o gateway.hcl",
        ],
    ),
    ("config diff", &["termgate config diff entries/", "termgate config diff --plan --output json entries/"]),
    (
        "config apply",
        &[
            "termgate config apply --dry-run entries/",
            "termgate config apply entries/",
            "termgate config apply --owner team-a --prune entries/",
        ],
    ),
    (
        "services",
        &[
            "termgate services link billing --service us-west-gateway",
            "termgate services list --service us-west-gateway",
        ],
    ),
    (
        "services link",
        &[
            "termgate services link billing --service us-west-gateway",
            "termgate services link billing --sni billing.example --service-ca-file /ca.pem",
            "termgate services link '*' --service us-west-gateway",
        ],
    ),
    (
        "services unlink",
        &[
            "termgate services unlink billing --service us-west-gateway",
            "termgate services unlink '*' --output json",
        ],
    ),
    (
        "services list",
        &[
            "termgate services list --service us-west-gateway",
            "termgate services list --service us-west-gateway --output json",
        ],
    ),
    (
        "services register",
        &[
            "termgate services register billing --address billing.example --port 443",
            "termgate services register billing --address 10.0.0.9 --port 80 --dry-run",
        ],
    ),
    (
        "services deregister",
        &[
            "termgate services deregister billing",
            "termgate services deregister billing --instance-id billing-2",
        ],
    ),
    (
        "connect",
        &[
            "termgate connect envoy -gateway=terminating -register -address 10.0.0.5:8443",
            "termgate connect envoy -h",
        ],
    ),
    ("catalog", &["termgate catalog services -tags", "termgate catalog nodes -service billing"]),
    (
        "acl token",
        &[
            "termgate acl token create -description gateway -policy-name gateway",
            "termgate acl token read -self",
        ],
    ),
    ("intention", &["termgate intention create web billing", "termgate intention check web billing"]),
    ("kv", &["termgate kv get gateway/address", "termgate kv put gateway/address 10.0.0.5:8443"]),
    ("completions", &["termgate completions bash", "termgate completions zsh", "termgate completions fish"]),
    ("man", &["termgate man man/", "termgate man"]),
];

/// Words with which drop-in commands begin, where nothing else does.
const WORDS: &[(&str, &str)] = &[
    ("acl token", "Manage ACL tokens with the command lines of `consul acl token`"),
    ("intention", "Manage intentions with the command lines of `consul intention`"),
    ("connect", "Start Envoy with the command line of `consul connect envoy`"),
    ("catalog", "List the catalog with the command lines of `consul catalog`"),
    ("kv", "Read and write keys with the command lines of `consul kv`"),
];

/// The grammar with the names of the drop-in commands, for the help: their command lines are taken before clap sees them.
pub fn with_dropins(root: Command) -> Command {
    dropin::paths().fold(root, |root, path| match dropin::page(path) {
        Some(page) => with_dropin(root, "", path, page.about),
        None => root,
    })
}

/// `command` with a drop-in command below it, unless it has one of this name.
fn with_dropin(command: Command, above: &str, path: &[&'static str], about: &'static str) -> Command {
    let [word, rest @ ..] = path else { return command };
    if command.find_subcommand(word).is_some() {
        return command.mut_subcommand(word, |group| with_dropin(group, &below(above, word), rest, about));
    }
    if rest.is_empty() {
        return command.subcommand(Command::new(*word).about(about).disable_help_flag(true));
    }
    let above = below(above, word);
    let of_group = WORDS.iter().find(|(group, _)| *group == above).map(|(_, about)| *about);
    let group = Command::new(*word).about(of_group.unwrap_or_default());
    let group = group.subcommand_required(true).arg_required_else_help(true);
    command.subcommand(with_dropin(group, &above, rest, about))
}

/// How headings look, in a text that loses its colours where none are wanted.
const HEADING: (&str, &str) = ("\u{1b}[1m\u{1b}[4m", "\u{1b}[0m");

/// The grammar with the groups of its commands and with examples.
pub fn explained(command: Command) -> Command {
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n{}\n\n\u{1b}[1m\u{1b}[4mOptions:\u{1b}[0m\n{{options}}{{after-help}}",
        groups(&command)
    );
    with_examples(command, "", HEADING).help_template(template)
}

fn groups(root: &Command) -> String {
    let about = |name: &str| match root.find_subcommand(name).and_then(Command::get_about) {
        Some(about) => about.to_string(),
        None => "Print this help, or the help of a command".to_owned(),
    };
    let (on, off) = HEADING;
    let mut text = String::new();
    for (heading, names) in GROUPS {
        text.extend(["\n", on, heading, ":", off]);
        for name in *names {
            text.extend(["\n", &format!("  {name:12} "), &about(name)]);
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

fn with_examples(command: Command, path: &str, heading: (&str, &str)) -> Command {
    let lines = EXAMPLES.iter().find(|(of, _)| *of == path).map(|(_, lines)| *lines);
    let command = match lines {
        Some(lines) => {
            let before = command.get_after_help().map(|text| format!("{text}\n\n")).unwrap_or_default();
            command.after_long_help(before + &examples(lines, heading))
        }
        None => command,
    };
    command.mut_subcommands(|subcommand| {
        let path = below(path, subcommand.get_name());
        with_examples(subcommand, &path, heading)
    })
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path} {name}") }
}

/// What stands for the one dash of Consul's flags in what is generated: the generators know two dashes only.
const MARK: &str = "one-dash-";

/// The names of Consul's flags behind [`MARK`].
static MARKED: LazyLock<BTreeMap<&str, String>> = LazyLock::new(|| {
    let flags = dropin::paths().filter_map(dropin::page).flat_map(|page| page.flags);
    flags.flatten().map(|flag| (flag.name, format!("{MARK}{}", flag.name))).collect()
});

/// The grammar as completions and man pages show it: with the drop-in commands' own flags. See [`one_dash`].
pub fn documented(command: Command) -> Command {
    let color = command.get_arguments().find(|flag| flag.get_long() == Some("color")).cloned();
    let color = color.map(|flag| flag.global(false));
    let command = command.mut_args(|flag| if flag.is_global_set() { flag.global(false) } else { flag });
    let command = command.mut_subcommands(|subcommand| documented_below(subcommand, "", color.as_ref()));
    with_examples(command, "", ("", ""))
}

fn documented_below(command: Command, path: &str, color: Option<&Arg>) -> Command {
    let path = below(path, command.get_name());
    let words: Vec<&str> = path.split(' ').collect();
    // One that termgate has in its own grammar, too, is shown in that.
    let is_dropin = command.is_disable_help_flag_set();
    let Some((known, page)) = dropin::paths()
        .find(|known| *known == words && is_dropin)
        .and_then(|known| Some((known, dropin::page(known)?)))
    else {
        return command.args(color).mut_subcommands(|subcommand| documented_below(subcommand, &path, color));
    };
    let flags = page.flags.iter().copied().flatten().filter_map(|flag| {
        let marked = MARKED.get(flag.name)?;
        Some(flags::documented(flag, marked))
    });
    Command::new(known.last().copied().unwrap_or_default())
        .about(page.about)
        .long_about(page.summary)
        .override_usage(page.usage)
        .disable_help_flag(true)
        .args(flags)
        .after_long_help(examples(page.examples, ("", "")))
}

/// What was generated from [`documented`], with one dash before Consul's flags.
pub fn one_dash(generated: &str) -> String {
    generated
        .replace(&format!("-l {MARK}"), "-o ")
        .replace(&format!("--{MARK}"), "-")
        .replace(&format!(r"\-\-{}", MARK.replace('-', r"\-")), r"\-")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::ffi::OsString;

    use super::*;
    use crate::cli::{grammar, spelling};

    /// The words of a line with plain words and words in single quotes.
    fn words(line: &str) -> Vec<OsString> {
        let parts = line.split('\'').enumerate();
        let words = parts.flat_map(|(number, part)| match number % 2 {
            0 => part.split_whitespace().map(OsString::from).collect::<Vec<_>>(),
            _ => vec![OsString::from(part)],
        });
        words.collect()
    }

    fn leaves(command: &Command, path: &str, found: &mut BTreeSet<String>) {
        for subcommand in command.get_subcommands().filter(|one| one.get_name() != "help") {
            let path = below(path, subcommand.get_name());
            leaves(subcommand, &path, found);
            found.insert(path);
        }
    }

    #[test]
    fn every_command_has_examples_that_parse_and_fit_a_terminal() {
        let mut commands = BTreeSet::new();
        leaves(&grammar(), "", &mut commands);
        // One that termgate has in its own grammar, too, has examples of both.
        let root = grammar();
        let is_dropin = |path: &&[&str]| {
            let command = path.iter().try_fold(&root, |command, word| command.find_subcommand(word));
            command.is_some_and(Command::is_disable_help_flag_set)
        };
        let dropins: BTreeSet<String> =
            dropin::paths().filter(is_dropin).map(|path| path.join(" ")).collect();
        let own = commands.difference(&dropins).map(String::as_str).chain([""]);
        let listed: BTreeSet<&str> = EXAMPLES.iter().map(|(command, _)| *command).collect();
        assert_eq!(own.collect::<BTreeSet<_>>(), listed);
        let pages = dropin::paths().map(|path| (path.join(" "), dropin::page(path).unwrap().examples));
        let all = EXAMPLES.iter().map(|(path, lines)| ((*path).to_owned(), *lines)).chain(pages);
        for (path, lines) in all {
            assert!((1..=3).contains(&lines.len()), "{path}");
            for line in lines {
                assert!(line.starts_with(&format!("termgate {path}")) && line.len() <= 78, "{path}: {line}");
                assert_parses(line);
            }
        }
    }

    fn assert_parses(line: &str) {
        let words = words(line);
        if let Some(command) = dropin::command(&words, dropin::Name::Termgate) {
            assert!(dropin::parses(&command), "{line}");
        } else {
            let words = spelling::respelled(&words, grammar).unwrap();
            let parsed = grammar().try_get_matches_from(&words);
            assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
        }
    }

    /// The command lines of termgate in the shell blocks of a page, without comments and where they or their output go.
    fn shown(page: &str) -> Vec<String> {
        let blocks = page.split("\n```").filter_map(|block| block.split_once('\n'));
        let blocks = blocks.filter(|(info, _)| info.split(' ').next() == Some("sh")).map(|(_, block)| block);
        let text = blocks.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
        let lines = text
            .lines()
            .map(|line| line.split(" #").next().unwrap_or_default().split(" > ").next().unwrap_or_default());
        let commands = lines
            .flat_map(|line| line.split(" | "))
            .map(|command| command.trim_end_matches(" &").replace("<(cat entries/*.hcl)", "-"));
        commands.filter(|command| command.starts_with("termgate ")).collect()
    }

    #[test]
    fn every_command_line_of_the_documentation_parses() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let of_folder = |folder: &str| {
            let files = std::fs::read_dir(root.join(folder)).unwrap().map(|file| file.unwrap().path());
            files.filter(|file| file.extension().is_some_and(|end| end == "md")).collect::<Vec<_>>()
        };
        let mut found = 0;
        for page in [of_folder("."), of_folder("docs"), of_folder("docs/decisions")].concat() {
            let text = std::fs::read_to_string(&page).unwrap();
            for line in shown(&text) {
                assert_parses(&line);
                found += 1;
            }
            // In running text, the word behind `termgate` is a command, or `trial`, as Envoy lists a listener.
            for inline in text.split('`').skip(1).step_by(2).filter_map(|code| code.strip_prefix("termgate "))
            {
                let name = inline.trim_start_matches("--color never ").split(' ').next().unwrap_or_default();
                let is_known =
                    name == "trial" || name.starts_with("--") || grammar().find_subcommand(name).is_some();
                assert!(is_known, "{}: termgate {inline}", page.display());
            }
        }
        assert!(found >= 20, "{found} command lines are found");
    }

    #[test]
    fn every_command_is_in_one_group_and_its_summary_on_one_line() {
        let root = grammar();
        let grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        let all: BTreeSet<&str> = root.get_subcommands().map(Command::get_name).chain(["help"]).collect();
        assert_eq!(
            (grouped.iter().copied().collect::<BTreeSet<_>>(), grouped.len()),
            (all.clone(), all.len())
        );
        let mut commands = BTreeSet::new();
        leaves(&root, "", &mut commands);
        for path in commands {
            let command = path.split(' ').fold(&root, |command, name| command.find_subcommand(name).unwrap());
            let about = command.get_about().unwrap().to_string();
            assert!(about.len() <= 64 && !about.ends_with('.'), "{path}: {about}");
        }
    }

    #[test]
    fn generated_texts_show_the_flags_of_drop_in_commands_with_one_dash() {
        let shells = [
            (clap_complete::Shell::Bash, "-http-addr)"),
            (clap_complete::Shell::Zsh, "'-http-addr=["),
            (clap_complete::Shell::Fish, "-o http-addr "),
            (clap_complete::Shell::Elvish, "cand -http-addr '"),
            (clap_complete::Shell::PowerShell, "::new('-http-addr', '-http-addr'"),
        ];
        for (shell, flag) in shells {
            let text = String::from_utf8(crate::cli::generate::completions(shell)).unwrap();
            assert!(text.contains(flag), "{shell}");
            assert!(!text.contains("one-dash"), "{shell}");
        }
    }
}
