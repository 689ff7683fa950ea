//! The gateway's own token: logs in, keeps the token valid while the gateway runs, and logs out.

mod machine;
#[cfg(test)]
mod simulation;
mod wallet;

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep, sleep_until};
use tracing::{debug, info, warn};

pub use self::machine::TokenId;
use self::machine::{Action, Input, Machine, State};
pub use self::wallet::Wallet;
use super::RETRY;
use crate::collect::Gateway;
use crate::collect::live::{self, Event, Follower, Stage};
use crate::consul::api::acl::LogIn;
use crate::consul::{self, Consul, Failure};
use crate::error::{CommandError, Kind};
use crate::monitor::{Status, TokenStatus};
use crate::output::Printer;
use crate::secret::Secret;
use crate::settings::consul::read_token_file;
use crate::settings::login::LoginSettings;
use crate::system::clock;

/// How long the servers may take to know a new token.
const KNOWN: Duration = Duration::from_secs(10);
/// Pause before they are asked again.
const KNOWN_PAUSE: Duration = Duration::from_millis(100);
/// How long leaf certificates may take while the last token still serves: a CA signs 50 a second by default.
const LEAVES: Duration = Duration::from_secs(300);

/// What the session has to do.
pub enum Step {
    /// Register the gateway with the newest token.
    Register(TokenId),
    /// Go on with this: it follows Consul with the new token, and has collected all.
    Switch(Follower, Arc<Consul>),
}

/// A token that the servers know.
#[derive(Debug)]
struct Fresh {
    token: TokenId,
    /// A client that uses it.
    client: Arc<Consul>,
    secret: Secret,
    life: Option<Duration>,
    expires: Option<time::OffsetDateTime>,
    bearer: Secret,
    began: Instant,
}

/// What tasks report.
enum News {
    LogIn(Result<Fresh, CommandError>),
    Input(Input),
}

/// The tokens of one gateway.
pub struct Login {
    settings: LoginSettings,
    /// Uses the newest token, always.
    main: Arc<Consul>,
    /// Uses none.
    bare: Arc<Consul>,
    wallet: Wallet,
    machine: Machine,
    clients: BTreeMap<TokenId, Arc<Consul>>,
    /// What the last log-in used.
    bearer: Secret,
    expires: Option<time::OffsetDateTime>,
    gateway: Option<Gateway>,
    urgent_leaves: Duration,
    upcoming: Option<(TokenId, Follower)>,
    steps: VecDeque<Step>,
    news: UnboundedReceiver<News>,
    sender: UnboundedSender<News>,
    status: Status,
    /// What the last failure was, to be logged once.
    trouble: Option<String>,
    is_bearer_missing: bool,
}

impl Login {
    /// Logs in, for as long as `wait` until `deadline`; `main` has the token then.
    pub async fn start(
        settings: &LoginSettings,
        main: &Arc<Consul>,
        wallet: &Wallet,
        status: &Status,
        (wait, deadline): (Duration, Instant),
        printer: Printer,
    ) -> Result<Self, CommandError> {
        let bare = Arc::new(main.with_token(None)?);
        let (sender, mut news) = unbounded_channel();
        let (mut sign, mut last) = (None, None);
        let fresh = loop {
            begin(settings, &bare, wallet, &sender);
            let Some(News::LogIn(ended)) = news.recv().await else { continue };
            let error = match ended {
                Ok(fresh) => break fresh,
                Err(error) => error,
            };
            let reason = error.to_string();
            if Instant::now() + RETRY >= deadline || reason.contains("ACL support disabled") {
                return Err(error.context(format!("no log-in within {wait:?}")));
            }
            if last.as_ref() != Some(&reason) {
                let text = format!("waiting up to {wait:?} for a token of auth method `{}`", settings.method);
                info!("{text}: {reason}");
                status.set_trouble(&reason);
                sign = Some(printer.waiting(text));
                last = Some(reason);
            }
            sleep(RETRY).await;
        };
        drop(sign);
        main.set_token(Some(fresh.secret.clone()));
        let machine = Machine::new(fresh.token, fresh.life, fresh.began, Instant::now());
        let login = Self {
            settings: settings.clone(),
            main: Arc::clone(main),
            bare,
            wallet: wallet.clone(),
            machine,
            clients: [(fresh.token, Arc::clone(&fresh.client))].into(),
            bearer: fresh.bearer,
            expires: fresh.expires,
            gateway: None,
            urgent_leaves: wait / 2,
            upcoming: None,
            steps: VecDeque::new(),
            news,
            sender,
            status: status.clone(),
            trouble: None,
            is_bearer_missing: false,
        };
        status.count_log_in(true);
        login.log_token();
        login.note_state();
        Ok(login)
    }

    /// The client whose token the first watches use.
    pub fn first_client(&self) -> Arc<Consul> {
        self.clients.values().next().map_or_else(|| Arc::clone(&self.main), Arc::clone)
    }

    /// Keeps the token valid for this gateway from now on.
    pub fn keep(&mut self, gateway: Gateway) {
        self.gateway = Some(gateway);
    }

    /// The file with the bearer token.
    pub fn bearer_path(&self) -> &Path {
        &self.settings.bearer_token_file
    }

    /// Takes in what is in the file with the bearer token.
    pub fn take_bearer(&mut self, found: Result<Option<Secret>, String>) {
        let Ok(Some(bearer)) = found else {
            // It may be in the middle of being replaced. One line is enough.
            if !std::mem::replace(&mut self.is_bearer_missing, true) {
                let path = self.bearer_path().display();
                warn!(
                    "the bearer token's file {path} is empty or cannot be read; the ACL token stays in use"
                );
            }
            return;
        };
        self.is_bearer_missing = false;
        if bearer != self.bearer {
            info!("the bearer token in {} has changed: logging in again", self.bearer_path().display());
            self.bearer = bearer;
            self.feed(Some(Input::BearerChanged));
        }
    }

    /// A request was denied.
    pub fn note_denied(&mut self) {
        self.feed(Some(Input::Denied));
    }

    /// The gateway was registered.
    pub fn note_registered(&mut self, token: TokenId) {
        self.feed(Some(Input::Registered(token)));
    }

    /// Waits for the next thing to do. To wait may be given up, and begun again.
    pub async fn next(&mut self) -> Step {
        loop {
            if let Some(step) = self.steps.pop_front() {
                return step;
            }
            tokio::select! {
                Some(news) = self.news.recv() => self.take(news),
                event = upcoming_news(&mut self.upcoming) => match event {
                    None => self.look_at_upcoming(),
                    Some(Event::Trouble { denied: true, .. }) => self.feed(Some(Input::Denied)),
                    // The last good watches are in use all the while, and their events are logged.
                    Some(_) => {}
                },
                () = sleep_until(self.machine.next_wake()) => self.feed(None),
            }
        }
    }

    fn take(&mut self, news: News) {
        match news {
            News::Input(input) => self.feed(Some(input)),
            News::LogIn(Ok(fresh)) => {
                let Fresh { token, client, secret, life, expires, bearer, .. } = fresh;
                self.status.count_log_in(true);
                self.trouble = None;
                self.clients.insert(token, client);
                self.bearer = bearer;
                self.expires = expires;
                // What registers and deregisters the gateway uses the newest from here on.
                self.main.set_token(Some(secret));
                self.log_token();
                self.feed(Some(Input::LoggedIn { token, life }));
            }
            News::LogIn(Err(error)) => {
                self.status.count_log_in(false);
                let reason = error.to_string();
                if self.trouble.as_ref() != Some(&reason) {
                    warn!("{reason}; it is retried");
                    self.trouble = Some(reason);
                }
                self.feed(Some(Input::LogInFailed { pause: Duration::ZERO }));
            }
        }
    }

    /// The new watches have collected something: all of it, perhaps.
    fn look_at_upcoming(&mut self) {
        let is_complete = |(_, follower): &mut (TokenId, Follower)| {
            let collected = follower.snapshots.borrow_and_update();
            collected.as_ref().is_some_and(|collected| collected.stage == Stage::Complete)
        };
        let Some((token, follower)) = self.upcoming.take_if(is_complete) else { return };
        let Some(client) = self.clients.get(&token) else { return };
        self.steps.push_back(Step::Switch(follower, Arc::clone(client)));
        // The session takes the step before anything else happens here.
        self.feed(Some(Input::Followed(token)));
    }

    fn feed(&mut self, input: Option<Input>) {
        if let Some(Input::LoggedOut(token)) = input {
            self.clients.remove(&token);
        }
        if let Some(Input::Unknown(token)) = input
            && self.machine.state() != State::Invalid
        {
            debug!("Consul does not know token {}", token.0);
            warn!(
                "Consul no longer knows the gateway's token: it was deleted or has expired; logging in again"
            );
        }
        for action in self.machine.on(input, Instant::now()) {
            self.carry_out(action);
        }
        self.note_state();
    }

    fn carry_out(&mut self, action: Action) {
        match action {
            Action::LogIn => begin(&self.settings, &self.bare, &self.wallet, &self.sender),
            Action::Register(token) => self.steps.push_back(Step::Register(token)),
            Action::Follow { token, is_urgent } => {
                let (Some(client), Some(gateway)) = (self.clients.get(&token), &self.gateway) else { return };
                let leaves = if is_urgent { self.urgent_leaves } else { LEAVES };
                self.upcoming = Some((token, live::follow(client, gateway, leaves)));
            }
            Action::Verify(token) => {
                let Some(client) = self.clients.get(&token).cloned() else { return };
                self.spawn(async move {
                    match client.own_token().await {
                        Ok(_) => Input::Known(token),
                        Err(error) if error.is_unknown_token() => Input::Unknown(token),
                        Err(_) => Input::NotVerified,
                    }
                });
            }
            Action::LogOut(token) => {
                let Some(client) = self.clients.get(&token).cloned() else { return };
                let wallet = self.wallet.clone();
                self.spawn(async move {
                    match log_out(&client).await {
                        Ok(()) => {
                            wallet.remove(token);
                            info!("logged the replaced token out");
                            Input::LoggedOut(token)
                        }
                        Err(error) => {
                            debug!("cannot log the replaced token out: {}", error.failure);
                            Input::LogOutFailed(token)
                        }
                    }
                });
            }
        }
    }

    fn spawn(&self, task: impl Future<Output = Input> + Send + 'static) {
        let sender = self.sender.clone();
        // Whoever has no use for it any more is about to end.
        tokio::spawn(async move { drop(sender.send(News::Input(task.await))) });
    }

    fn log_token(&self) {
        let method = &self.settings.method;
        let end = self.expires.map(clock::rfc3339);
        let life = end.map_or_else(|| "does not expire".to_owned(), |end| format!("is valid until {end}"));
        info!("logged in with auth method `{method}`: the token {life}");
    }

    fn note_state(&self) {
        let state = self.machine.state();
        let trouble = (state == State::Invalid).then(|| {
            let reason = self.trouble.as_deref().unwrap_or("a log-in is under way");
            format!("the gateway's token was deleted or has expired: {reason}")
        });
        self.status.set_token(TokenStatus { expires: self.expires, is_valid: trouble.is_none(), trouble });
    }
}

impl Drop for Login {
    fn drop(&mut self) {
        // What comes after this is for the wallet alone.
        self.news.close();
    }
}

/// What is next to do for the token, if termgate logs in for it.
pub async fn next(login: &mut Option<Login>) -> Step {
    match login {
        Some(login) => login.next().await,
        None => std::future::pending().await,
    }
}

/// Waits for an event of the new watches, or (`None`) for what they have collected.
async fn upcoming_news(upcoming: &mut Option<(TokenId, Follower)>) -> Option<Event> {
    let Some((_, Follower { snapshots, events, .. })) = upcoming else { return std::future::pending().await };
    tokio::select! {
        Ok(()) = snapshots.changed() => None,
        Some(event) = events.recv() => Some(event),
        else => std::future::pending().await,
    }
}

/// Begins a log-in. It goes to its end, whoever waits for it: a token that nobody knows of could not be logged out.
fn begin(settings: &LoginSettings, bare: &Arc<Consul>, wallet: &Wallet, sender: &UnboundedSender<News>) {
    let (settings, bare, sender) = (settings.clone(), Arc::clone(bare), sender.clone());
    let running = wallet.begin();
    tokio::spawn(async move {
        let ended = log_in(&settings, &bare, running.wallet()).await;
        let method = &settings.method;
        let ended =
            ended.map_err(|error| error.context(format!("cannot log in with auth method `{method}`")));
        drop(sender.send(News::LogIn(ended)));
        drop(running);
    });
}

async fn log_in(settings: &LoginSettings, bare: &Consul, wallet: &Wallet) -> Result<Fresh, CommandError> {
    let path = settings.bearer_token_file.clone();
    let shown = path.display().to_string();
    let read = tokio::task::spawn_blocking(move || read_token_file(&path).map_err(|error| error.to_string()));
    let bearer = match read.await {
        Ok(Ok(Some(bearer))) => bearer,
        Ok(Ok(None)) => {
            let text = format!("the bearer token's file {shown} is empty");
            return Err(CommandError::message(Kind::Failed, text));
        }
        Ok(Err(_)) | Err(_) => {
            let text = format!("cannot read the bearer token's file {shown}");
            return Err(CommandError::message(Kind::Failed, text));
        }
    };
    let began = Instant::now();
    let request = LogIn { auth_method: &settings.method, bearer_token: &bearer, meta: &settings.meta };
    let made = bare.log_in(&request).await.map_err(|error| refused(error, &settings.method))?;
    let token = wallet.add(&made.secret);
    let client = Arc::new(bare.with_token(Some(made.secret.clone()))?);
    let end = Instant::now() + KNOWN;
    loop {
        match client.own_token().await {
            Ok(_) => break,
            Err(error) if is_to_come(&error) && Instant::now() + KNOWN_PAUSE < end => {
                debug!("the servers do not know the new token yet: {}", error.failure);
                sleep(KNOWN_PAUSE).await;
            }
            Err(error) => {
                if log_out(&client).await.is_ok() {
                    wallet.remove(token);
                }
                return Err(error.into());
            }
        }
    }
    let expires = made.expiration_time.as_deref().and_then(clock::parse);
    Ok(Fresh { token, client, life: made.life(), secret: made.secret, expires, bearer, began })
}

/// Why a log-in failed.
fn refused(error: consul::Error, method: &str) -> CommandError {
    let refuses = matches!(&error.failure, Failure::Status { status: 400..=403 | 500, body }
        // Consul: what a method finds wrong with a bearer token is an error 500, as is much else.
        if !["leader", "rpc error getting client", "No known Consul servers"].iter().any(|text| body.contains(text)));
    if !refuses {
        return error.into();
    }
    let hint = if error.is_unknown_token() {
        format!("Consul has no auth method `{method}`, or another server does not know it yet")
    } else {
        format!("check the auth method `{method}`, its binding rules and the bearer token")
    };
    CommandError::new(Kind::PermissionDenied, error).hint(hint)
}

/// Whether what is read of a new token may be there in a moment.
fn is_to_come(error: &consul::Error) -> bool {
    error.is_unknown_token() || error.is_passing()
}

/// Logs a client's token out; one that Consul does not know any more is.
async fn log_out(client: &Consul) -> Result<(), consul::Error> {
    match client.log_out().await {
        Err(error) if error.is_unknown_token() => Ok(()),
        ended => ended,
    }
}
