//! What a field may hold: a closed set of types, none of which can carry text that a user typed.
//!
//! Two rules make a leak a compile error. [`Field`] is implemented for types whose values are numbers, times, ids or words
//! that stand in the program's source, and for nothing else: not for `String`, `&str`, `Path`, bytes, nor for anything that
//! merely prints. And a [`Value`] can be made and changed by this crate alone, so an implementation of `Field` in a program can
//! pick another field's value but cannot invent a text.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroIsize, NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64,
    NonZeroUsize,
};
use std::time::{Duration, SystemTime};

/// A list field keeps this many elements; what comes after them is left out.
pub(crate) const MAX_LIST: usize = 64;

/// A struct has this many members at most …
pub(crate) const MAX_MEMBERS: usize = 64;
/// … and structs lie in one another so deep at most.
pub(crate) const MAX_DEPTH: usize = 4;

/// With a list round each struct, and one inside.
pub(crate) const MAX_NESTING: usize = 2 * MAX_DEPTH + 1;

/// The longest identifier, in bytes.
const MAX_IDENTIFIER: usize = 128;

/// A UUID: of an event, a run of the program, or whatever a program's author records one for.
///
/// ```
/// use telemetry_runtime::{testing, tracked};
///
/// #[tracked]
/// fn sync() {}
///
/// let ((), events) = testing::capture(sync);
/// for event in &events {
///     assert_eq!(event.id.to_string().len(), 36);        // 01927d3e-0a5b-7c1d-8e2f-001122334455
///     assert_eq!(event.invocation, events[0].invocation);
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub(crate) u128);

impl Id {
    /// The 128 bits, as in the text.
    #[must_use]
    pub const fn as_u128(self) -> u128 {
        self.0
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Id {
    /// As UUIDs are written: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:032x}", self.0);
        write!(f, "{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
    }
}

/// A type that may be a field of an event.
///
/// Implemented for `bool`, the integers up to 64 bits and their `NonZero` forms, `f32`, `f64`, [`Duration`], [`SystemTime`],
/// `uuid::Uuid` (with the feature `uuid`), [`Version`](crate::Version), [`Hashed`](crate::Hashed), [`Label`], every [`ClosedEnum`], [`Bucket`],
/// [`Template`], [`Identifier`], and `Option`s, references, arrays, slices and `Vec`s of these (a
/// list keeps its first 64 elements, and holds no lists and no bytes: see [`ListItem`]). An `Option` that is `None` is an absent field.
/// A struct whose members are all of these types [derives](derive@crate::Field) it, and is one field with the members inside.
///
/// A program may implement it for a type of its own, by naming the field that it stands for:
///
/// ```
/// use telemetry_runtime::{Field, Value};
///
/// struct Rows(u64);
///
/// impl Field for Rows {
///     fn to_value(&self) -> Value {
///         self.0.to_value()
///     }
/// }
/// ```
///
/// What it cannot do is turn a text into a [`Value`]: a value can be looked at, and neither made nor changed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a telemetry field: only types that can never hold what a user typed are",
    label = "not one of the closed set of field types",
    note = "a field is a number, a boolean, a duration, a time, a UUID, a version, a label or a closed enum, or an `Option` or list of these",
    note = "a struct of such members can `#[derive(Field)]`",
    note = "for a fixed text write `label!(\"text\")`; for one of several words derive `ClosedEnum` on an enum, or `match` one of another crate to labels",
    note = "to count or measure instead, record a number, such as `.len()`"
)]
pub trait Field {
    /// The value as it is recorded.
    fn to_value(&self) -> Value;
}

/// What may be known of a field's values before the program runs: what the catalogue says of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueKind(pub(crate) Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any value that a field may have.
    Any,
    Bool,
    Int,
    UInt,
    Float,
    Duration,
    Time,
    Id,
    Version,
    /// Some word out of the program's source.
    Label,
    /// One of these words.
    Words(&'static [&'static str]),
    Bucket,
    Template,
    Identifier,
    /// A salted hash.
    Hash,
    List(&'static Kind),
    /// These members, each of which may be absent.
    Struct(&'static [(&'static str, ValueKind)]),
}

impl Kind {
    /// How many structs lie in one another.
    const fn depth(&self) -> usize {
        match self {
            Self::List(item) => item.depth(),
            Self::Struct(members) => {
                let (mut at, mut deepest) = (0, 0);
                while at < members.len() {
                    let depth = members[at].1.0.depth();
                    deepest = if depth > deepest { depth } else { deepest };
                    at += 1;
                }
                deepest + 1
            }
            _ => 0,
        }
    }
}

impl ValueKind {
    /// Nothing but that it is a field.
    #[doc(hidden)]
    pub const ANY: Self = Self(Kind::Any);

    /// One of these words.
    #[doc(hidden)]
    #[must_use]
    pub const fn words(words: &'static [&'static str]) -> Self {
        Self(Kind::Words(words))
    }

    /// These members.
    ///
    /// # Panics
    ///
    /// Where there are too many, they lie too deep, or a name is not that of a field or is there twice: when the program is compiled.
    #[doc(hidden)]
    #[must_use]
    pub const fn members(members: &'static [(&'static str, Self)]) -> Self {
        let kind = Kind::Struct(members);
        assert!(members.len() <= MAX_MEMBERS, "a struct that is a telemetry field has at most 64 members");
        assert!(kind.depth() <= MAX_DEPTH, "structs that are telemetry fields lie in one another 4 deep at most");
        let mut at = 0;
        while at < members.len() {
            assert!(is_field_name(members[at].0), "a member's name is snake case, as a field's is");
            at += 1;
        }
        Self(kind)
    }
}

/// A [`Field`] of which the catalogue can say more than that it is one: what `fields(rows: u64 = …)` and
/// `record!(rows: u64 = …)` may name.
///
/// Implemented for every field type of this crate. A program's own says what the field that it stands for says:
///
/// ```
/// use telemetry_runtime::{Described, Field, Value, ValueKind, record};
///
/// struct Rows(u64);
///
/// impl Field for Rows {
///     fn to_value(&self) -> Value {
///         self.0.to_value()
///     }
/// }
///
/// impl Described for Rows {
///     const KIND: ValueKind = u64::KIND;
/// }
///
/// record!(rows: Rows = Rows(3));
/// ```
#[diagnostic::on_unimplemented(
    message = "nothing is known of the values of `{Self}`",
    label = "the catalogue could not say what this is",
    note = "name a field type of `telemetry_runtime`, implement `Described`, or leave the type out"
)]
pub trait Described: Field {
    /// What is known.
    const KIND: ValueKind;
}

/// What is known of a member's values: what its type says, and else that it is a field.
#[doc(hidden)]
#[derive(Debug)]
pub struct KindProbe<T: ?Sized>(PhantomData<T>);

impl<T: Described + ?Sized> KindProbe<T> {
    /// What the type says.
    pub const KIND: ValueKind = T::KIND;
}

/// What is known of a type that says nothing: the compiler looks here where the other one is not for the type.
#[doc(hidden)]
pub trait KindDefault {
    /// That it is a field.
    const KIND: ValueKind = ValueKind::ANY;
}

impl<T: ?Sized> KindDefault for KindProbe<T> {}

/// What the catalogue says of a value that stands in the source.
#[doc(hidden)]
#[must_use]
pub const fn kind_of<T: Described>(_: &T) -> ValueKind {
    T::KIND
}

/// Has the compiler check that a value is of the type that the catalogue says.
#[doc(hidden)]
#[must_use]
pub const fn described<T: Described + ?Sized>(value: &T) -> &T {
    value
}

/// The recorded value of a field, as formats and tests read it.
///
/// Shown, it is what a person would read: `true`, `42`, `1.5`, `1.2s`, `stable`, `[1, 2]`. Only this crate makes one.
///
/// ```
/// use telemetry_runtime::{Field, label};
///
/// assert_eq!(label!("stable").to_value().to_string(), "stable");
/// assert_eq!([1_u32, 2].to_value().to_string(), "[1, 2]");
/// assert_eq!(Some(1.5).to_value(), 1.5.to_value());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Value(pub(crate) Raw);

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Raw {
    Absent,
    Bool(bool),
    Int(i64),
    UInt(u64),
    Float(f64),
    Duration(Duration),
    Time(SystemTime),
    Id(Id),
    Text(Cow<'static, str>),
    List(Vec<Raw>),
    Identifier(IdentifierKind, String),
    Map(Vec<(Cow<'static, str>, Raw)>),
}

/// A look at a [`Value`].
///
/// ```
/// use telemetry_runtime::{Field, Value, ValueRef};
///
/// fn as_number(value: &Value) -> Option<f64> {
///     match value.view() {
///         ValueRef::UInt(number) => Some(number as f64),
///         ValueRef::Float(number) => Some(number),
///         ValueRef::Duration(span) => Some(span.as_secs_f64()),
///         _ => None,
///     }
/// }
/// assert_eq!(as_number(&3_u8.to_value()), Some(3.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ValueRef<'a> {
    /// Nothing: an `Option` that was `None`.
    Absent,
    /// True or false.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    UInt(u64),
    /// A floating-point number.
    Float(f64),
    /// A span of time; up to 584 years, in nanoseconds.
    Duration(Duration),
    /// A point in time.
    Time(SystemTime),
    /// A UUID.
    Id(Id),
    /// A word out of the program's own source.
    Text(&'a str),
    /// Up to 64 values.
    List(Vec<ValueRef<'a>>),
    /// What somebody or something is called: an [`Identifier`].
    Identifier(IdentifierKind, &'a str),
    /// Up to 64 values by their names, none of them absent: a struct that derives [`Field`](derive@crate::Field).
    Map(Vec<(&'a str, ValueRef<'a>)>),
}

impl Value {
    /// What it is.
    ///
    /// ```
    /// use telemetry_runtime::{Field, ValueRef};
    ///
    /// assert_eq!(42_u64.to_value().view(), ValueRef::UInt(42));
    /// ```
    #[must_use]
    pub fn view(&self) -> ValueRef<'_> {
        self.0.view()
    }

    /// A name out of what the program declares its command line to be.
    #[cfg(feature = "clap")]
    pub(crate) fn declared(name: String) -> Self {
        Self(Raw::Text(Cow::Owned(name)))
    }

    /// Several of them.
    #[cfg(feature = "clap")]
    pub(crate) fn declared_list(names: Vec<String>) -> Self {
        Self(Raw::List(names.into_iter().map(|name| Raw::Text(Cow::Owned(name))).collect()))
    }

    /// The value without its last element, if it is a list that has one left then.
    #[cfg(feature = "record")]
    pub(crate) fn shortened(self) -> Option<Self> {
        match self.0 {
            Raw::List(mut values) if values.len() > 1 => {
                values.pop();
                Some(Self(Raw::List(values)))
            }
            _ => None,
        }
    }

    /// The list with another's elements behind its own, as many as a list has.
    #[cfg(feature = "record")]
    pub(crate) fn append(&mut self, other: Self) {
        if let (Raw::List(values), Raw::List(others)) = (&mut self.0, other.0) {
            values.extend(others);
            values.truncate(MAX_LIST);
        }
    }

    /// How many bytes of text are in it, or would take as much as it does.
    pub(crate) fn text_bytes(&self) -> usize {
        self.0.text_bytes()
    }

    #[inline]
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self.0, Raw::Absent)
    }

    /// Whether it says, anywhere in it, who the user is.
    #[inline]
    pub(crate) fn is_personal(&self) -> bool {
        matches!(self.0, Raw::Identifier(..) | Raw::List(_) | Raw::Map(_)) && self.0.is_personal()
    }

    /// What of it does not say who the user is, and so may be recorded also where no identity is set.
    pub(crate) fn impersonal(mut self) -> Self {
        if self.is_personal() {
            self.0.forget_persons();
        }
        self
    }

    /// The sum of two numbers, saturating; anything that is not a number gives way to the second.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        Self(self.0.plus(&other.0))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Raw {
    fn view(&self) -> ValueRef<'_> {
        match self {
            Self::Absent => ValueRef::Absent,
            Self::Bool(value) => ValueRef::Bool(*value),
            Self::Int(value) => ValueRef::Int(*value),
            Self::UInt(value) => ValueRef::UInt(*value),
            Self::Float(value) => ValueRef::Float(*value),
            Self::Duration(value) => ValueRef::Duration(*value),
            Self::Time(value) => ValueRef::Time(*value),
            Self::Id(value) => ValueRef::Id(*value),
            Self::Text(value) => ValueRef::Text(value),
            Self::List(values) => ValueRef::List(values.iter().map(Self::view).collect()),
            Self::Identifier(kind, name) => ValueRef::Identifier(*kind, name),
            Self::Map(members) => {
                ValueRef::Map(members.iter().map(|(name, value)| (name.as_ref(), value.view())).collect())
            }
        }
    }

    /// Whether it says, anywhere in it, who the user is.
    fn is_personal(&self) -> bool {
        match self {
            Self::Identifier(kind, _) => kind.is_personal(),
            Self::List(values) => values.iter().any(Self::is_personal),
            Self::Map(members) => members.iter().any(|(_, value)| value.is_personal()),
            _ => false,
        }
    }

    fn forget_persons(&mut self) {
        match self {
            Self::Identifier(kind, _) if kind.is_personal() => *self = Self::Absent,
            Self::List(values) => values.iter_mut().for_each(Self::forget_persons),
            Self::Map(members) => {
                for (_, value) in &mut *members {
                    value.forget_persons();
                }
                members.retain(|(_, value)| *value != Self::Absent);
            }
            _ => {}
        }
    }

    fn text_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Identifier(_, name) => name.len(),
            Self::List(values) => values.iter().map(Self::text_bytes).sum(),
            Self::Map(members) => members.iter().map(|(name, value)| name.len() + value.text_bytes()).sum(),
            // A number or a time takes up to 36 bytes, which is as much as is made of so many of a text.
            _ => 6,
        }
    }

    fn plus(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::UInt(a), Self::UInt(b)) => Self::UInt(a.saturating_add(*b)),
            (Self::Int(a), Self::Int(b)) => Self::Int(a.saturating_add(*b)),
            (Self::UInt(a), Self::Int(b)) | (Self::Int(b), Self::UInt(a)) => {
                let sum = i128::from(*a) + i128::from(*b);
                u64::try_from(sum).map_or_else(|_| Self::Int(i64::try_from(sum).unwrap_or(i64::MIN)), Self::UInt)
            }
            (Self::Float(a), b) => b.as_f64().map_or_else(|| other.clone(), |b| Self::Float(a + b)),
            (a, Self::Float(b)) => a.as_f64().map_or_else(|| other.clone(), |a| Self::Float(a + b)),
            _ => other.clone(),
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "a float was asked for; beyond 2^53 the nearest one is the answer")]
    fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(n) => Some(*n as f64),
            Self::UInt(n) => Some(*n as f64),
            Self::Float(n) => Some(*n),
            _ => None,
        }
    }
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("absent"),
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::UInt(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::Duration(value) => fmt::Debug::fmt(value, f),
            Self::Time(value) => rfc3339(*value).fmt(f),
            Self::Id(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
            Self::List(values) => {
                f.write_str("[")?;
                for (at, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Identifier(_, name) => name.fmt(f),
            Self::Map(members) => {
                f.write_str("{")?;
                for (at, (name, value)) in members.iter().enumerate() {
                    write!(f, "{}{name}: {value}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
        }
    }
}

/// A duration as integer nanoseconds, at most `u64::MAX` (584 years).
pub(crate) fn nanos(duration: Duration) -> u64 {
    // Not by `Duration::as_nanos`, whose 128 bits cost more than the rest.
    duration.as_secs().saturating_mul(1_000_000_000).saturating_add(u64::from(duration.subsec_nanos()))
}

/// Nanoseconds since 1970; a clock before that, or after 2554, says the nearest that fits.
#[cfg(feature = "record")]
pub(crate) fn since_epoch(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, nanos)
}

/// A time as RFC 3339 in UTC with microseconds; one that no calendar here reaches is shown as the epoch.
#[cfg(feature = "record")]
pub(crate) fn rfc3339(time: SystemTime) -> impl fmt::Display {
    // humantime refuses to print years before 1970 and after 9999, which a broken clock can show.
    let printable =
        time.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|since| since < Duration::from_secs(253_402_300_800));
    humantime::format_rfc3339_micros(if printable { time } else { SystemTime::UNIX_EPOCH })
}

/// Nothing is sent in a build without `record`, so no time is told.
#[cfg(not(feature = "record"))]
pub(crate) fn rfc3339(time: SystemTime) -> impl fmt::Display {
    format!("{time:?}")
}

macro_rules! fields {
    ($($variant:ident($wide:ty): $($kind:ty),+;)+) => {$($(
        impl Field for $kind {
            fn to_value(&self) -> Value {
                // Widening only: each type here fits its variant's, on every platform Rust has.
                #[allow(clippy::cast_lossless, clippy::unnecessary_cast, reason = "one line for types of every width")]
                Value(Raw::$variant(*self as $wide))
            }
        }

        impl Described for $kind {
            const KIND: ValueKind = ValueKind(Kind::$variant);
        }
    )+)+};
}

fields! {
    Bool(bool): bool;
    Int(i64): i8, i16, i32, i64, isize;
    UInt(u64): u8, u16, u32, u64, usize;
    Float(f64): f32, f64;
}

macro_rules! nonzero_fields {
    ($($variant:ident: $($kind:ty),+;)+) => {$($(
        impl Field for $kind {
            fn to_value(&self) -> Value {
                self.get().to_value()
            }
        }

        impl Described for $kind {
            const KIND: ValueKind = ValueKind(Kind::$variant);
        }
    )+)+};
}

nonzero_fields! {
    Int: NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroIsize;
    UInt: NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroUsize;
}

macro_rules! described {
    ($($kind:ty: $variant:ident),+ $(,)?) => {$(
        impl Described for $kind {
            const KIND: ValueKind = ValueKind(Kind::$variant);
        }
    )+};
}

described! { Duration: Duration, SystemTime: Time, Id: Id, Label: Label }

#[cfg(feature = "uuid")]
described! { uuid::Uuid: Id }

impl Field for Duration {
    fn to_value(&self) -> Value {
        Value(Raw::Duration(*self))
    }
}

impl Field for SystemTime {
    fn to_value(&self) -> Value {
        Value(Raw::Time(*self))
    }
}

impl Field for Id {
    fn to_value(&self) -> Value {
        Value(Raw::Id(*self))
    }
}

#[cfg(feature = "uuid")]
impl Field for uuid::Uuid {
    fn to_value(&self) -> Value {
        Value(Raw::Id(Id(self.as_u128())))
    }
}

impl<T: Field> Field for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value(Raw::Absent), Field::to_value)
    }
}

impl<T: Field + ?Sized> Field for &T {
    fn to_value(&self) -> Value {
        (**self).to_value()
    }
}

impl<T: Described> Described for Option<T> {
    const KIND: ValueKind = T::KIND;
}

impl<T: Described + ?Sized> Described for &T {
    const KIND: ValueKind = T::KIND;
}

impl<T: ListItem + Described> Described for [T] {
    const KIND: ValueKind = ValueKind(Kind::List(&T::KIND.0));
}

impl<T: ListItem + Described, const N: usize> Described for [T; N] {
    const KIND: ValueKind = <[T]>::KIND;
}

impl<T: ListItem + Described> Described for Vec<T> {
    const KIND: ValueKind = <[T]>::KIND;
}

/// A type that may stand in a list: every [`Field`] that is one value, but for `u8` and `i8`, whose lists are the bytes of texts.
///
/// A program may implement it for a type of its own whose [`Field`] stands for one value. What is nested more than nine deep is left out.
///
/// ```
/// use telemetry_runtime::{Field, ListItem, Value};
///
/// struct Rows(u64);
///
/// impl Field for Rows {
///     fn to_value(&self) -> Value {
///         self.0.to_value()
///     }
/// }
///
/// impl ListItem for Rows {}
///
/// assert_eq!(vec![Rows(1), Rows(2)].to_value().to_string(), "[1, 2]");
/// ```
#[diagnostic::on_unimplemented(
    message = "a list of `{Self}` cannot be a telemetry field",
    label = "not a type that lists may hold",
    note = "a list holds numbers of 16 bits or more, booleans, durations, times, UUIDs, versions, labels or closed enums",
    note = "bytes are the bytes of a text; to measure a text, record its `.len()`"
)]
pub trait ListItem: Field {}

macro_rules! list_items {
    ($($kind:ty),+) => {$(impl ListItem for $kind {})+};
}

list_items!(bool, i16, i32, i64, isize, u16, u32, u64, usize, f32, f64, Duration, SystemTime, Id, Label);

#[cfg(feature = "uuid")]
impl ListItem for uuid::Uuid {}

impl<T: ListItem> ListItem for &T {}

impl<T: ListItem> Field for [T] {
    fn to_value(&self) -> Value {
        Value(Raw::List(self.iter().take(MAX_LIST).map(|item| item.to_value().0).collect()))
    }
}

impl<T: ListItem, const N: usize> Field for [T; N] {
    fn to_value(&self) -> Value {
        self.as_slice().to_value()
    }
}

impl<T: ListItem> Field for Vec<T> {
    fn to_value(&self) -> Value {
        self.as_slice().to_value()
    }
}

/// A closed enum's value: a word out of the constant list of its names, whatever its index says.
#[doc(hidden)]
pub fn closed_value<T: ClosedEnum + ?Sized>(value: &T) -> Value {
    Value(Raw::Text(Cow::Borrowed(T::NAMES.get(value.index()).copied().unwrap_or("unknown"))))
}

/// A struct that is a field. [Derive it](derive@crate::Field).
///
/// The names are a constant, so nothing that the program meets while it runs can be one of them.
#[doc(hidden)]
pub trait Structure {
    /// The members' names, and what is known of each.
    const MEMBERS: &'static [(&'static str, ValueKind)];

    /// Hands over the members' values, in the order of the names.
    fn each(&self, to: &mut Members);
}

/// Takes the values of a struct's members.
#[doc(hidden)]
#[derive(Debug)]
pub struct Members {
    names: std::slice::Iter<'static, (&'static str, ValueKind)>,
    values: Vec<(Cow<'static, str>, Raw)>,
}

impl Members {
    /// Takes the next one's. What is absent is left out, and so is what comes after the last name.
    pub fn push<V: Field + ?Sized>(&mut self, value: &V) {
        let Some((name, _)) = self.names.next() else { return };
        let value = value.to_value().0;
        if value != Raw::Absent {
            self.values.push((Cow::Borrowed(name), value));
        }
    }
}

/// The values of a struct's members that are there.
pub(crate) fn members_of<T: Structure + ?Sized>(value: &T) -> Vec<(Cow<'static, str>, Raw)> {
    const { assert!(T::MEMBERS.len() <= MAX_MEMBERS) };
    let mut members = Members { names: T::MEMBERS.iter(), values: Vec::with_capacity(T::MEMBERS.len()) };
    value.each(&mut members);
    members.values
}

/// The value of a struct, under names that are constants.
#[doc(hidden)]
pub fn struct_value<T: Structure + ?Sized>(value: &T) -> Value {
    Value(Raw::Map(members_of(value)))
}

/// An enum whose every value has a name in the source. [Derive it](derive@crate::ClosedEnum): that makes it a [`Field`] and a [`ListItem`], too.
///
/// A program may also implement it by hand. The names are a constant, so no value that the program meets while it runs can be one of them.
///
/// ```
/// use telemetry_runtime::ClosedEnum;
///
/// #[derive(ClosedEnum)]
/// enum PluginKind {
///     Source,
///     Destination,
/// }
///
/// assert_eq!(PluginKind::NAMES, ["source", "destination"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no closed set of words",
    label = "not an enum that derives `ClosedEnum`",
    note = "a metric's label is an enum that derives `ClosedEnum`, a `Label`, a `Hashed`, or a plugin's `Identifier`"
)]
pub trait ClosedEnum {
    /// The names on the wire, one a variant.
    const NAMES: &'static [&'static str];

    /// Which of [`NAMES`](Self::NAMES) this value has.
    fn index(&self) -> usize;
}

/// A fixed text, made by [`label!`](crate::label) from a literal.
///
/// ```
/// use telemetry_runtime::{Label, label};
///
/// const CHANNEL: Label = label!("stable");
/// assert_eq!(CHANNEL.as_str(), "stable");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Label(&'static str);

/// A literal as a type, so that a label's text is known before the program runs: a `&'static str` would not do, since
/// `String::leak` makes one out of anything.
pub trait Literal {
    /// The text.
    const TEXT: &'static str;
}

impl Label {
    /// The label that `L` stands for; use [`label!`](crate::label).
    #[doc(hidden)]
    #[must_use]
    pub const fn of<L: Literal>(_: PhantomData<L>) -> Self {
        Self(L::TEXT)
    }

    /// The text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Field for Label {
    fn to_value(&self) -> Value {
        Value(Raw::Text(Cow::Borrowed(self.0)))
    }
}

/// A number told only by the range that it is in: [`buckets!`](crate::buckets) makes one.
///
/// ```
/// use telemetry_runtime::{Field, buckets};
///
/// let rows = buckets![0, 10, 100, 1_000];
/// let told = |count: u64| rows.of(count).to_value().to_string();
/// assert_eq!([told(0), told(9), told(57), told(4_000_000)], ["0-9", "0-9", "10-99", "1000-"]);
/// assert_eq!(buckets![1, 10].of(0).to_value().to_string(), "-0");
/// ```
///
/// Only numbers have ranges:
///
/// ```compile_fail,E0308
/// telemetry_runtime::buckets![0, 10].of("alice");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bucket {
    first: Option<u64>,
    last: Option<u64>,
}

/// The ranges of a [`Bucket`]: each begins at one of these numbers and ends before the next.
///
/// ```
/// use telemetry_runtime::{Buckets, buckets};
///
/// const SIZES: Buckets = buckets![0, 1024, 1024 * 1024];
/// assert_eq!(SIZES.of(2000).to_string(), "1024-1048575");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Buckets(&'static [u64]);

impl Buckets {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(starts: &'static [u64]) -> Self {
        Self(starts)
    }

    /// Whether each number is larger than the one before it, and there is one.
    #[doc(hidden)]
    #[must_use]
    pub const fn rise(starts: &[u64]) -> bool {
        let mut at = 1;
        while at < starts.len() {
            if starts[at - 1] >= starts[at] {
                return false;
            }
            at += 1;
        }
        !starts.is_empty()
    }

    /// The range that a number is in.
    #[must_use]
    pub fn of(&self, number: u64) -> Bucket {
        let next = self.0.partition_point(|start| *start <= number);
        let first = next.checked_sub(1).and_then(|at| self.0.get(at)).copied();
        Bucket { first, last: self.0.get(next).map(|start| start.saturating_sub(1)) }
    }
}

impl fmt::Display for Bucket {
    /// `10-99`; without a bound on a side that has none: `-9`, `1000-`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = self.first {
            first.fmt(f)?;
        }
        f.write_str("-")?;
        self.last.map_or(Ok(()), |last| last.fmt(f))
    }
}

impl Field for Bucket {
    fn to_value(&self) -> Value {
        Value(Raw::Text(Cow::Owned(self.to_string())))
    }
}

/// The form of a text whose parts may be a user's, with words in the place of those: [`template!`](crate::template) makes one, from
/// a literal only.
///
/// ```
/// use telemetry_runtime::{Field, template};
///
/// let route = template!("/data/schema/SCHEMA_NAME/tables/TABLE_NAME/modify");
/// assert_eq!(route.to_value().to_string(), "/data/schema/SCHEMA_NAME/tables/TABLE_NAME/modify");
/// ```
///
/// Nothing can be filled in:
///
/// ```compile_fail
/// let table = "customers";
/// telemetry_runtime::template!("/tables/{table}", table = table);
/// ```
///
/// ```compile_fail
/// telemetry_runtime::template!(format!("/tables/{}", "customers"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Template(Label);

impl Template {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(text: Label) -> Self {
        Self(text)
    }
}

impl Field for Template {
    fn to_value(&self) -> Value {
        self.0.to_value()
    }
}

/// What somebody or something is called, in a type that says so: the one field that holds a text which the program met while it
/// ran. At most 128 bytes of it are kept.
///
/// A user's, team's or tenant's is recorded only while an identity is set; otherwise the field is absent. A plugin's always is,
/// so it has to be one that the program's authors gave it, and not a path or a word of the user's.
///
/// ```
/// use telemetry_runtime::{Field, Identifier};
///
/// let plugin = Identifier::plugin("cloudquery/aws");
/// assert_eq!(plugin.to_value().to_string(), "cloudquery/aws");
/// ```
///
/// Nothing becomes one by itself:
///
/// ```compile_fail,E0308
/// let team: telemetry_runtime::Identifier = "acme".into();
/// # let _: () = team;
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identifier {
    kind: IdentifierKind,
    name: String,
}

/// Whom or what an [`Identifier`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentifierKind {
    /// A person.
    User,
    /// A team of persons.
    Team,
    /// A customer of a service that has many.
    Tenant,
    /// A part of the program that others make.
    Plugin,
}

impl IdentifierKind {
    /// The kind of a number that stands for one on disk.
    pub(crate) fn of_code(code: u8) -> Option<Self> {
        [Self::User, Self::Team, Self::Tenant, Self::Plugin].into_iter().find(|kind| *kind as u8 == code)
    }

    /// Whether it says who the user is.
    pub(crate) const fn is_personal(self) -> bool {
        !matches!(self, Self::Plugin)
    }
}

impl Identifier {
    /// A user's.
    pub fn user(name: impl Into<String>) -> Self {
        Self::new(IdentifierKind::User, name.into())
    }

    /// A team's.
    pub fn team(name: impl Into<String>) -> Self {
        Self::new(IdentifierKind::Team, name.into())
    }

    /// A tenant's.
    pub fn tenant(name: impl Into<String>) -> Self {
        Self::new(IdentifierKind::Tenant, name.into())
    }

    /// A plugin's.
    pub fn plugin(name: impl Into<String>) -> Self {
        Self::new(IdentifierKind::Plugin, name.into())
    }

    fn new(kind: IdentifierKind, mut name: String) -> Self {
        name.truncate(floor_char_boundary(&name, MAX_IDENTIFIER));
        Self { kind, name }
    }
}

impl Field for Identifier {
    fn to_value(&self) -> Value {
        Value(Raw::Identifier(self.kind, self.name.clone()))
    }
}

described! { Bucket: Bucket, Template: Template, Identifier: Identifier }

impl ListItem for Bucket {}
impl ListItem for Template {}

/// The last place not after `at` where a text can be cut.
pub(crate) fn floor_char_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// A type that can be added up.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be added up",
    label = "`add!` takes integers and floats; `record!` takes any field"
)]
pub trait Summand: Field {}

macro_rules! summands {
    ($($kind:ty),+) => {$(impl Summand for $kind {})+};
}

summands!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, f32, f64);

/// Whether a field's name is one that every wire format can carry: snake case, ASCII, 1 to 64 bytes.
#[must_use]
pub const fn is_field_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes.len() > 64 || !bytes[0].is_ascii_lowercase() {
        return false;
    }
    let mut at = 1;
    while at < bytes.len() {
        if !(bytes[at].is_ascii_lowercase() || bytes[at].is_ascii_digit() || bytes[at] == b'_') {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_saturate_and_widen() {
        let sum = |a: &dyn Field, b: &dyn Field| a.to_value().plus(&b.to_value());
        assert_eq!(sum(&1_u64, &2_u64), Value(Raw::UInt(3)));
        assert_eq!(sum(&u64::MAX, &2_u64), Value(Raw::UInt(u64::MAX)));
        assert_eq!(sum(&-5_i64, &2_u64), Value(Raw::Int(-3)));
        assert_eq!(sum(&2_u64, &5_i32), Value(Raw::UInt(7)));
        assert_eq!(sum(&1_u64, &0.5), Value(Raw::Float(1.5)));
        assert_eq!(sum(&true, &1_u64), Value(Raw::UInt(1)), "what is not a number gives way");
    }

    #[cfg(feature = "uuid")]
    #[test]
    fn ids_are_written_as_uuids_are() {
        let id = Id(0x0192_7d3e_0a5b_7c1d_8e2f_0011_2233_4455);
        assert_eq!(id.to_string(), "01927d3e-0a5b-7c1d-8e2f-001122334455");
        assert_eq!(id.to_string(), uuid::Uuid::from_u128(id.as_u128()).to_string());
    }

    #[cfg(feature = "record")]
    #[test]
    fn a_clock_out_of_its_mind_still_prints() {
        let far = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40);
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        for time in [far, before] {
            assert_eq!(rfc3339(time).to_string(), "1970-01-01T00:00:00.000000Z");
        }
    }

    struct Pair(u32, Option<u32>);

    impl Structure for Pair {
        const MEMBERS: &'static [(&'static str, ValueKind)] = &[("one", u32::KIND), ("two", u32::KIND)];

        fn each(&self, to: &mut Members) {
            to.push(&self.0);
            to.push(&self.1);
            // More than it has names for.
            to.push(&7_u8);
        }
    }

    #[test]
    fn a_struct_has_its_names_and_no_others() {
        let one = struct_value(&Pair(1, None));
        assert_eq!(one.view(), ValueRef::Map(vec![("one", ValueRef::UInt(1))]));
        assert_eq!(struct_value(&Pair(1, Some(2))).to_string(), "{one: 1, two: 2}");
        assert_eq!(one.text_bytes(), 9);
    }

    #[test]
    fn nobody_is_named_at_any_depth() {
        let name = |kind| Raw::Identifier(kind, "acme".into());
        let map = |members: Vec<(&'static str, Raw)>| {
            Raw::Map(members.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect())
        };
        let inside = |kind| map(vec![("team", name(kind)), ("rows", Raw::UInt(1))]);
        let deep = |kind| Value(Raw::List(vec![map(vec![("inside", inside(kind))])]));
        let left = Value(Raw::List(vec![map(vec![("inside", map(vec![("rows", Raw::UInt(1))]))])]));
        for kind in [IdentifierKind::User, IdentifierKind::Team, IdentifierKind::Tenant] {
            assert_eq!(deep(kind).impersonal(), left);
            assert!(Value(name(kind)).impersonal().is_absent());
        }
        assert_eq!(deep(IdentifierKind::Plugin).impersonal(), deep(IdentifierKind::Plugin));
    }

    #[test]
    fn field_names_are_snake_case() {
        assert!(is_field_name("rows_2") && is_field_name("a"));
        for name in ["", "Rows", "2rows", "_rows", "bad-rows", "r#type", "größe"] {
            assert!(!is_field_name(name), "{name}");
        }
        assert!(is_field_name(&"a".repeat(64)) && !is_field_name(&"a".repeat(65)));
    }
}
