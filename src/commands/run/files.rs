//! The files that a running gateway keeps reading (TLS files, the token file), on a thread of their own: a file system
//! that does not answer holds up nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, timeout_at};
use tracing::{info, warn};

use crate::secret::Secret;
use crate::settings::consul::read_token_file;
use crate::system::tls_files::Watcher;
use crate::tls_files::{FileProblem, FileState, FileStates, FileUse};

/// How long the gateway waits for files.
const LIMIT: Duration = Duration::from_secs(2);
/// How long the files may take before that is logged.
const OVERDUE: Duration = Duration::from_secs(5);

/// What the thread is asked for.
#[derive(Debug)]
enum Request {
    /// To keep up with these files.
    Follow(BTreeSet<FileUse>),
    /// To look at all files, and at the token file if there is one.
    Look(Option<PathBuf>),
}

/// What the thread has found.
#[derive(Debug)]
pub struct Answer {
    number: u64,
    period: Duration,
    /// The states of all TLS files and when their certificates end, if a state changed.
    files: Option<(FileStates, BTreeMap<String, OffsetDateTime>)>,
    /// What the token file holds, if it was looked at and is a file that may change.
    pub token: Option<Result<Option<Secret>, String>>,
}

/// The files, as they were read last.
#[derive(Debug)]
pub struct Files {
    requests: Sender<(u64, Request)>,
    answers: UnboundedReceiver<Answer>,
    /// Number of the last request and of the last answer.
    sent: u64,
    answered: u64,
    /// When the first request was sent that has no answer yet.
    since: Option<Instant>,
    is_overdue: bool,
    followed: BTreeSet<FileUse>,
    period: Duration,
    states: FileStates,
    ends: BTreeMap<String, OffsetDateTime>,
    limit: Duration,
    overdue: Duration,
}

impl Files {
    /// Reads files from now on; finds the platform's CAs in the first of `system_bundle` that is there.
    pub fn new(system_bundle: Vec<PathBuf>) -> Self {
        let (requests, received) = channel();
        let (found, answers) = unbounded_channel();
        let watcher = Watcher::new(system_bundle);
        let period = watcher.period();
        let thread = std::thread::Builder::new().name("files".to_owned());
        // Without it no request is ever answered, which is dealt with as such.
        let _ = thread.spawn(move || work(watcher, &received, &found));
        Self {
            requests,
            answers,
            sent: 0,
            answered: 0,
            since: None,
            is_overdue: false,
            followed: BTreeSet::new(),
            period,
            states: FileStates::new(),
            ends: BTreeMap::new(),
            limit: LIMIT,
            overdue: OVERDUE,
        }
    }

    /// What is in the TLS files.
    pub fn states(&self) -> &FileStates {
        &self.states
    }

    /// When the certificate in use from each file expires, by the path in the entry.
    pub fn ends(&self) -> &BTreeMap<String, OffsetDateTime> {
        &self.ends
    }

    /// How soon to look again.
    pub fn period(&self) -> Duration {
        self.period
    }

    /// Keeps up with these TLS files from now on; whether a state changed. Files that cannot be read in time count as
    /// unreadable until they are read.
    pub async fn follow(&mut self, uses: BTreeSet<FileUse>) -> bool {
        if uses == self.followed {
            return false;
        }
        self.followed.clone_from(&uses);
        let mut has_changed =
            self.ask(Request::Follow(uses)).await.is_some_and(|answer| answer.files.is_some());
        self.states.retain(|file_use, _| self.followed.contains(file_use));
        for file_use in &self.followed {
            if !self.states.contains_key(file_use) {
                self.states.insert(file_use.clone(), unanswered(file_use, self.limit));
                has_changed = true;
            }
        }
        has_changed
    }

    /// Has the files looked at, unless the last look is still under way.
    pub fn look(&mut self, token: Option<&Path>) {
        if self.since.is_none() {
            self.send(Request::Look(token.map(Path::to_owned)));
        }
    }

    /// The same, and waits for what is found, but not for long.
    pub async fn look_now(&mut self, token: Option<&Path>) -> Option<Answer> {
        self.ask(Request::Look(token.map(Path::to_owned))).await
    }

    /// The next answer to a look. To wait for it may be given up, and begun again.
    pub async fn next(&mut self) -> Answer {
        match self.answers.recv().await {
            Some(answer) => {
                self.note(&answer);
                answer
            }
            None => std::future::pending().await,
        }
    }

    /// Logs that the files do not answer, or do again, where that is news.
    pub fn report_overdue(&mut self) {
        match self.overdue() {
            None => {}
            Some(true) => warn!(
                "the TLS files and the token file cannot be read: their file system does not answer; what was read last \
                 stays in use"
            ),
            Some(false) => info!("the TLS files and the token file can be read again"),
        }
    }

    fn overdue(&mut self) -> Option<bool> {
        let is_overdue = self.since.is_some_and(|since| since.elapsed() >= self.overdue);
        (std::mem::replace(&mut self.is_overdue, is_overdue) != is_overdue).then_some(is_overdue)
    }

    fn send(&mut self, request: Request) {
        self.sent += 1;
        self.since.get_or_insert_with(Instant::now);
        // A thread that is not there does not answer either.
        let _ = self.requests.send((self.sent, request));
    }

    /// Waits for the answer; what comes before it is taken in, too. Behind a request that takes too long already, nothing
    /// is waited for.
    async fn ask(&mut self, request: Request) -> Option<Answer> {
        let deadline = self.since.unwrap_or_else(Instant::now) + self.limit;
        self.send(request);
        let mut token = None;
        let mut files = None;
        while self.answered < self.sent {
            let answer = timeout_at(deadline, self.answers.recv()).await.ok()??;
            self.note(&answer);
            token = answer.token.or(token);
            files = answer.files.or(files);
        }
        Some(Answer { number: self.answered, period: self.period, files, token })
    }

    fn note(&mut self, answer: &Answer) {
        self.answered = answer.number;
        self.period = answer.period;
        self.since = (self.answered < self.sent).then(Instant::now);
        if let Some((states, ends)) = &answer.files {
            self.states.clone_from(states);
            self.ends.clone_from(ends);
        }
    }
}

impl Answer {
    /// Whether the state of a TLS file changed.
    pub fn has_changed(&self) -> bool {
        self.files.is_some()
    }
}

fn unanswered(file_use: &FileUse, limit: Duration) -> FileState {
    let path = match file_use {
        FileUse::Authorities(path) => path,
        FileUse::Pair { certificate, .. } => certificate,
    };
    FileState {
        content: None,
        problem: Some(FileProblem {
            path: path.clone(),
            reason: format!("it could not be read within {limit:?}"),
            help: "check that its file system responds",
        }),
        invalid: None,
    }
}

/// Answers requests until the receiver is gone.
fn work(mut watcher: Watcher, requests: &Receiver<(u64, Request)>, answers: &UnboundedSender<Answer>) {
    for (number, request) in requests {
        let (has_changed, token) = match request {
            Request::Follow(uses) => (watcher.follow(&uses), None),
            Request::Look(token) => (watcher.look(), token.and_then(|path| read_token(&path))),
        };
        let files = has_changed.then(|| (watcher.states().clone(), watcher.ends()));
        if answers.send(Answer { number, period: watcher.period(), files, token }).is_err() {
            return;
        }
    }
}

/// Reads a token file again. A pipe or a device is read once, at the start.
fn read_token(path: &Path) -> Option<Result<Option<Secret>, String>> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return None;
    }
    Some(read_token_file(path).map_err(|error| error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authorities(path: &Path) -> FileUse {
        FileUse::Authorities(path.display().to_string())
    }

    #[tokio::test]
    async fn files_are_read_and_a_change_of_the_token_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let token = folder.path().join("token");
        fs::write(&token, "first").unwrap();
        let mut files = Files::new(Vec::new());
        let missing = authorities(&folder.path().join("ca.pem"));
        assert!(files.follow([missing.clone()].into()).await);
        assert!(!files.follow([missing.clone()].into()).await);
        assert!(files.states()[&missing].problem.as_ref().unwrap().reason.contains("No such file"));
        let answer = files.look_now(Some(&token)).await.unwrap();
        assert_eq!(answer.token.unwrap().unwrap().unwrap().expose(), "first");
        files.look(Some(&token));
        assert!(files.next().await.token.is_some());
        assert_eq!(files.overdue(), None);
    }

    #[tokio::test]
    async fn a_pipe_is_not_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert!(read_token(&pipe).is_none());
    }

    #[tokio::test]
    async fn files_that_do_not_answer_are_not_waited_for_long() {
        let (requests, _received) = channel();
        let (_found, answers) = unbounded_channel();
        let limit = Duration::from_millis(20);
        let mut files = Files { requests, answers, limit, overdue: limit, ..Files::new(Vec::new()) };
        let path = authorities(Path::new("/net/ca.pem"));
        assert!(files.follow([path.clone()].into()).await);
        assert!(files.states()[&path].problem.as_ref().unwrap().reason.contains("within 20ms"));
        assert_eq!(files.overdue(), Some(true));
        assert_eq!(files.overdue(), None);
        files.limit = Duration::ZERO;
        assert!(files.look_now(None).await.is_none());
    }
}
