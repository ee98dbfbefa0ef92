//! What a program meters that it has to report.

use std::fmt;

use crate::recording::Meter;
use crate::value::Label;

/// Counts what a plugin was used for, where that has to be reported: made by [`Guard::usage_meter`](crate::Guard::usage_meter). Copies, and
/// those that are made for the same plugin, count together.
///
/// Counting is two atomic additions, on any thread, and nothing else until a report is due: that is one event, on disk when the call returns that
/// made it due. An allocator may count what it gives: what it is asked for by telemetry itself is counted, too, and reported with what comes after it. See [`Builder::required_usage`](crate::Builder::required_usage).
#[derive(Clone, Copy)]
pub struct UsageMeter(pub(crate) Option<&'static Meter>);

impl fmt::Debug for UsageMeter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UsageMeter").finish_non_exhaustive()
    }
}

impl UsageMeter {
    /// Adds rows.
    pub fn add(&self, rows: u64) {
        if let Some(meter) = self.0 {
            meter.add(None, rows);
        }
    }

    /// Adds rows of a table whose name stands in the program's source. Where tables are the user's, there is no name of theirs to
    /// tell: [`add`](Self::add) counts their rows.
    ///
    /// ```
    /// use telemetry_runtime::{ClosedEnum, Identifier, Telemetry, app, label};
    ///
    /// #[derive(ClosedEnum)]
    /// enum PluginKind {
    ///     Source,
    /// }
    ///
    /// let telemetry = Telemetry::builder(app!()).start();
    /// let meter = telemetry.usage_meter(&Identifier::plugin("cloudquery/aws"), &PluginKind::Source);
    /// meter.add_to(label!("aws_ec2_instances"), 250);
    /// ```
    ///
    /// A text that the program meets while it runs is no label:
    ///
    /// ```compile_fail,E0308
    /// fn count(meter: telemetry_runtime::UsageMeter, table: &'static str) {
    ///     meter.add_to(table, 1);
    /// }
    /// ```
    pub fn add_to(&self, table: Label, rows: u64) {
        if let Some(meter) = self.0 {
            meter.add(Some(table), rows);
        }
    }
}
