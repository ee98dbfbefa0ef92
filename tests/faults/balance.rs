//! The books: what was recorded is what was delivered, refused, counted as lost, and what is still to be delivered.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;
use telemetry_tests::Receiver;

/// Some events, as one process sent them in one request, which was accepted.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) sender: String,
    pub(crate) events: Vec<Sent>,
}

/// An event of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) id: String,
    invocation: String,
    call: String,
    kind: String,
    /// Of the call; `None` where it was damaged.
    pub(crate) number: Option<u64>,
    outcome: Option<String>,
}

impl Batch {
    pub(crate) fn new(sender: &str, events: Value) -> Self {
        let Value::Array(events) = events else { panic!("a batch without events: {events}") };
        // What is said of lost events is no event of a call.
        let of_calls = events.iter().filter(|event| event["kind"] == "start" || event["kind"] == "finish");
        Self { sender: sender.to_owned(), events: of_calls.map(Sent::of).collect() }
    }
}

impl Sent {
    fn of(event: &Value) -> Self {
        let text = |name: &str| event[name].as_str().map(ToOwned::to_owned);
        Self {
            id: text("id").unwrap(),
            invocation: text("invocation_id").unwrap(),
            call: text("call_id").unwrap(),
            kind: text("kind").unwrap(),
            number: event["fields"]["number"].as_u64(),
            outcome: text("outcome"),
        }
    }

    /// Whether both tell of one call.
    pub(crate) fn is_of_call_of(&self, other: &Self) -> bool {
        (&self.invocation, &self.call) == (&other.invocation, &other.call)
    }

    /// Told by a later run, of a call whose process died in it.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.outcome.as_deref() == Some("abandoned")
    }
}

/// What a receiver accepted.
pub(crate) fn batches(receiver: &Receiver) -> Vec<Batch> {
    let requests = receiver.requests();
    let accepted = requests.into_iter().filter(|request| request.status == 200);
    let batches = accepted.map(|mut request| Batch::new(&request.path, request.body["events"].take()));
    batches.filter(|batch| !batch.events.is_empty()).collect()
}

/// Who may send what another has delivered already.
#[derive(Debug)]
pub(crate) enum Twice {
    /// Nobody.
    Never,
    /// Nobody but for the last batch of these, who may have ended before they read the answer.
    LastOf(HashSet<String>),
    /// Anybody: it could not be written down that it was delivered.
    Unwritten,
}

/// What is known of some victims' runs.
#[derive(Debug)]
pub(crate) struct Books<'a> {
    /// The calls that returned, and so had both their events recorded.
    pub(crate) reported: Vec<u64>,
    pub(crate) delivered: &'a [Batch],
    /// Events that the receiver refused for good.
    pub(crate) rejected: usize,
    /// Events that were counted as lost.
    pub(crate) lost: usize,
    /// What is found in the spool by whoever looks there.
    pub(crate) pending: &'a [Batch],
    pub(crate) twice: Twice,
}

impl<'a> Books<'a> {
    /// Books of victims that reported this and delivered that, with nothing lost.
    pub(crate) fn new(reported: Vec<u64>, delivered: &'a [Batch]) -> Self {
        Self { reported, delivered, rejected: 0, lost: 0, pending: &[], twice: Twice::Never }
    }

    /// That they balance.
    pub(crate) fn balance(&self) {
        let recorded: BTreeSet<(u64, &str)> =
            self.reported.iter().flat_map(|number| [(*number, "start"), (*number, "finish")]).collect();
        assert_eq!(recorded.len(), 2 * self.reported.len(), "each call has a number of its own");
        let (delivered, pending) = (told_of(self.delivered), told_of(self.pending));
        let missing: Vec<_> = recorded.difference(&delivered).filter(|event| !pending.contains(event)).collect();
        let kept = delivered.intersection(&pending).filter(|event| recorded.contains(event)).count();
        assert_eq!(
            (missing.len(), kept),
            (self.rejected + self.lost, 0),
            "of {} events recorded, {} were refused and {} lost, but these never arrived: {:?}, …; \
             and of those that did, so many are pending",
            recorded.len(),
            self.rejected,
            self.lost,
            missing.iter().take(20).collect::<Vec<_>>(),
        );
        self.each_once();
    }

    /// That an event is known by its id, and comes twice only where nobody can know that it came before.
    fn each_once(&self) {
        let mut by_id: HashMap<&str, &Sent> = HashMap::new();
        let mut by_call: HashMap<(&str, &str, &str), &str> = HashMap::new();
        let mut batches_of: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut last_of: HashMap<&str, usize> = HashMap::new();
        for (at, batch) in self.delivered.iter().enumerate() {
            last_of.insert(&batch.sender, at);
            for sent in &batch.events {
                batches_of.entry(&sent.id).or_default().push(at);
                match by_id.entry(&sent.id) {
                    // An outcome that could not be written was told, and then the next run took the call for abandoned: a
                    // receiver keeps the first of one id.
                    Entry::Occupied(known) if matches!(self.twice, Twice::Unwritten) && sent.is_abandoned() => {
                        assert!(known.get().is_of_call_of(sent) && known.get().kind == "finish");
                    }
                    Entry::Occupied(known) => assert_eq!(*known.get(), sent, "an event changed on its way"),
                    Entry::Vacant(new) => drop(new.insert(sent)),
                }
                let known = by_call.entry((&sent.invocation, &sent.call, &sent.kind)).or_insert(&sent.id);
                assert_eq!(*known, sent.id, "two events of one kind tell of one call: {sent:?}");
            }
        }
        for (id, batches) in batches_of {
            let unread = |at: &usize| match &self.twice {
                Twice::Never => false,
                Twice::LastOf(ended) => {
                    let sender = self.delivered[*at].sender.as_str();
                    ended.contains(sender) && last_of[sender] == *at
                }
                Twice::Unwritten => true,
            };
            let read = batches.iter().filter(|at| !unread(at)).count();
            let senders: Vec<_> = batches.iter().map(|at| &self.delivered[*at].sender).collect();
            assert!(read <= 1, "{id} was sent again after its answer was read, by {senders:?}");
        }
    }
}

/// The calls' ends that the batches tell of. A call that returned was not abandoned, whatever is said.
fn told_of(batches: &[Batch]) -> BTreeSet<(u64, &str)> {
    let events = batches.iter().flat_map(|batch| &batch.events).filter(|sent| !sent.is_abandoned());
    events.filter_map(|sent| Some((sent.number?, sent.kind.as_str()))).collect()
}
