//! A struct of fields is a field, and an event of its own. Metrics are statics.
use telemetry_runtime::{ClosedEnum, Hashed, Snapshot, counter, gauges};
pub enum Role {
    Primary,
    Replica,
}
#[automatically_derived]
#[allow(deprecated)]
impl ::telemetry_runtime::ClosedEnum for Role {
    const NAMES: &'static [&'static ::core::primitive::str] = &["primary", "replica"];
    fn index(&self) -> ::core::primitive::usize {
        match *self {
            Self::Primary { .. } => 0usize,
            Self::Replica { .. } => 1usize,
        }
    }
}
#[automatically_derived]
impl ::telemetry_runtime::private::Field for Role {
    fn to_value(&self) -> ::telemetry_runtime::private::Value {
        ::telemetry_runtime::private::closed_value(self)
    }
}
#[automatically_derived]
impl ::telemetry_runtime::private::ListItem for Role {}
#[automatically_derived]
impl ::telemetry_runtime::private::Described for Role {
    const KIND: ::telemetry_runtime::private::ValueKind = ::telemetry_runtime::private::ValueKind::words(
        <Self as ::telemetry_runtime::ClosedEnum>::NAMES,
    );
}
pub struct Permissions {
    pub roles: u32,
    #[telemetry(rename = "select")]
    pub reads: Option<u32>,
}
#[automatically_derived]
#[allow(deprecated)]
impl ::telemetry_runtime::private::Structure for Permissions {
    const MEMBERS: &'static [(
        &'static ::core::primitive::str,
        ::telemetry_runtime::private::ValueKind,
    )] = &[
        (
            "roles",
            {
                use ::telemetry_runtime::private::KindDefault as _;
                ::telemetry_runtime::private::KindProbe::<u32>::KIND
            },
        ),
        (
            "select",
            {
                use ::telemetry_runtime::private::KindDefault as _;
                ::telemetry_runtime::private::KindProbe::<Option<u32>>::KIND
            },
        ),
    ];
    fn each(&self, to: &mut ::telemetry_runtime::private::Members) {
        ::telemetry_runtime::private::Members::push::<u32>(to, &self.roles);
        ::telemetry_runtime::private::Members::push::<Option<u32>>(to, &self.reads);
    }
}
#[automatically_derived]
impl ::telemetry_runtime::Field for Permissions {
    fn to_value(&self) -> ::telemetry_runtime::private::Value {
        ::telemetry_runtime::private::struct_value(self)
    }
}
#[automatically_derived]
impl ::telemetry_runtime::private::ListItem for Permissions {}
#[automatically_derived]
impl ::telemetry_runtime::private::Described for Permissions {
    const KIND: ::telemetry_runtime::private::ValueKind = ::telemetry_runtime::private::ValueKind::members(
        <Self as ::telemetry_runtime::private::Structure>::MEMBERS,
    );
}
const _: ::telemetry_runtime::private::ValueKind = <Permissions as ::telemetry_runtime::private::Described>::KIND;
#[snapshot(
    event = "source_metrics",
    purpose = "how large databases are",
    expires = "2027-06",
    cumulative
)]
pub struct SourceMetrics<'a> {
    pub name: Hashed<'a>,
    pub permissions: Permissions,
}
#[automatically_derived]
#[allow(deprecated)]
impl<'a> ::telemetry_runtime::private::Structure for SourceMetrics<'a> {
    const MEMBERS: &'static [(
        &'static ::core::primitive::str,
        ::telemetry_runtime::private::ValueKind,
    )] = &[
        (
            "name",
            {
                use ::telemetry_runtime::private::KindDefault as _;
                ::telemetry_runtime::private::KindProbe::<Hashed<'a>>::KIND
            },
        ),
        (
            "permissions",
            {
                use ::telemetry_runtime::private::KindDefault as _;
                ::telemetry_runtime::private::KindProbe::<Permissions>::KIND
            },
        ),
    ];
    fn each(&self, to: &mut ::telemetry_runtime::private::Members) {
        ::telemetry_runtime::private::Members::push::<Hashed<'a>>(to, &self.name);
        ::telemetry_runtime::private::Members::push::<
            Permissions,
        >(to, &self.permissions);
    }
}
#[automatically_derived]
impl<'a> ::telemetry_runtime::Field for SourceMetrics<'a> {
    fn to_value(&self) -> ::telemetry_runtime::private::Value {
        ::telemetry_runtime::private::struct_value(self)
    }
}
#[automatically_derived]
impl<'a> ::telemetry_runtime::private::ListItem for SourceMetrics<'a> {}
#[automatically_derived]
impl<'a> ::telemetry_runtime::private::Described for SourceMetrics<'a> {
    const KIND: ::telemetry_runtime::private::ValueKind = ::telemetry_runtime::private::ValueKind::members(
        <Self as ::telemetry_runtime::private::Structure>::MEMBERS,
    );
}
const _: ::telemetry_runtime::private::ValueKind = <SourceMetrics<
    'static,
> as ::telemetry_runtime::private::Described>::KIND;
#[automatically_derived]
impl<'a> ::telemetry_runtime::Snapshot for SourceMetrics<'a> {
    const SITE: ::telemetry_runtime::private::SnapshotSite = ::telemetry_runtime::private::SnapshotSite::new(
            "source_metrics",
            "SourceMetrics",
            "structs",
            <Self as ::telemetry_runtime::private::Structure>::MEMBERS,
        )
        .purpose("how large databases are")
        .expires("2027-06")
        .cumulative();
}
const _: () = {
    #[used]
    #[unsafe(link_section = "linkme_TELEMETRY_SNAPSHOTS")]
    static SITE: ::telemetry_runtime::private::SnapshotSite = {
        #[allow(clippy::no_effect_underscore_binding)]
        unsafe fn __typecheck(
            _: ::telemetry_runtime::private::linkme::__private37::Void,
        ) {
            #[allow(clippy::ref_option_ref)]
            let __new = || -> fn() -> &'static ::telemetry_runtime::private::SnapshotSite {
                || &SITE
            };
            unsafe {
                ::telemetry_runtime::private::linkme::DistributedSlice::private_typecheck(
                    ::telemetry_runtime::private::TELEMETRY_SNAPSHOTS,
                    __new(),
                );
            }
        }
        <SourceMetrics<'static> as ::telemetry_runtime::Snapshot>::SITE
    };
};
pub static REQUESTS: ::telemetry_runtime::Counter = ::telemetry_runtime::Counter::new();
const _: () = {
    const _: () = if !::telemetry_runtime::private::is_field_name("requests_total") {
        {
            ::core::panicking::panic_fmt(
                format_args!(
                    "a metric\'s name is snake case: a small letter, then small letters, digits and underscores, 64 at most",
                ),
            );
        }
    };
    #[used]
    #[unsafe(link_section = "linkme_TELEMETRY_METRICS")]
    static METRIC: ::telemetry_runtime::private::Metric = {
        #[allow(clippy::no_effect_underscore_binding)]
        unsafe fn __typecheck(
            _: ::telemetry_runtime::private::linkme::__private37::Void,
        ) {
            #[allow(clippy::ref_option_ref)]
            let __new = || -> fn() -> &'static ::telemetry_runtime::private::Metric {
                || &METRIC
            };
            unsafe {
                ::telemetry_runtime::private::linkme::DistributedSlice::private_typecheck(
                    ::telemetry_runtime::private::TELEMETRY_METRICS,
                    __new(),
                );
            }
        }
        ::telemetry_runtime::private::Metric::new(
                "requests_total",
                ("REQUESTS", "structs"),
                &[],
                <::telemetry_runtime::Counter as ::telemetry_runtime::private::Cell>::KIND,
                &REQUESTS,
                ::telemetry_runtime::private::tell_metrics,
            )
            .purpose("what is asked for")
    };
};
pub static CONNECTIONS: ::telemetry_runtime::Gauges<
    (Role, Hashed),
    { <(Role, Hashed) as ::telemetry_runtime::private::Labels>::KNOWN },
    { <(Role, Hashed) as ::telemetry_runtime::private::Labels>::UNKNOWN },
> = ::telemetry_runtime::Gauges::new();
const _: () = {
    const _: () = if !::telemetry_runtime::private::is_field_name("connections") {
        {
            ::core::panicking::panic_fmt(
                format_args!(
                    "a metric\'s name is snake case: a small letter, then small letters, digits and underscores, 64 at most",
                ),
            );
        }
    };
    const _: () = if !::telemetry_runtime::private::is_label_name("role") {
        {
            ::core::panicking::panic_fmt(
                format_args!(
                    "a label\'s name is snake case, as a field\'s is, and neither `value` nor `other`",
                ),
            );
        }
    };
    const _: () = if !::telemetry_runtime::private::is_label_name("source") {
        {
            ::core::panicking::panic_fmt(
                format_args!(
                    "a label\'s name is snake case, as a field\'s is, and neither `value` nor `other`",
                ),
            );
        }
    };
    #[used]
    #[unsafe(link_section = "linkme_TELEMETRY_METRICS")]
    static METRIC: ::telemetry_runtime::private::Metric = {
        #[allow(clippy::no_effect_underscore_binding)]
        unsafe fn __typecheck(
            _: ::telemetry_runtime::private::linkme::__private37::Void,
        ) {
            #[allow(clippy::ref_option_ref)]
            let __new = || -> fn() -> &'static ::telemetry_runtime::private::Metric {
                || &METRIC
            };
            unsafe {
                ::telemetry_runtime::private::linkme::DistributedSlice::private_typecheck(
                    ::telemetry_runtime::private::TELEMETRY_METRICS,
                    __new(),
                );
            }
        }
        ::telemetry_runtime::private::Metric::new(
            "connections",
            ("CONNECTIONS", "structs"),
            &[
                ("role", <Role as ::telemetry_runtime::private::SeriesLabel>::KIND),
                ("source", <Hashed as ::telemetry_runtime::private::SeriesLabel>::KIND),
            ],
            <::telemetry_runtime::Gauge as ::telemetry_runtime::private::Cell>::KIND,
            &CONNECTIONS,
            ::telemetry_runtime::private::tell_metrics,
        )
    };
};
