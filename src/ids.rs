//! Typed ids: dense indices into the tables of a scenario. Names live at the edges.

use serde::Serialize;

/// A dense index of one kind of thing.
pub trait Id: Copy {
    /// The index as a plain number.
    fn index(self) -> usize;
    /// The id of a plain number.
    fn new(index: usize) -> Self;
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl Id for $name {
            fn index(self) -> usize {
                self.0 as usize
            }

            fn new(index: usize) -> Self {
                Self(index as u32)
            }
        }
    )+};
}

id! {
    /// The shop whose customers write and call.
    ClientId,
    /// A country of a client's customers.
    MarketId,
    /// A language of the scenario.
    LanguageId,
    /// The smallest unit of demand.
    QueueId,
    /// A place where agents work.
    SiteId,
    /// Agents of one site with one set of queues.
    GroupId,
    /// A template of one day's work.
    ShiftId,
    /// A way to run the service.
    SetupId,
}
