package dev.berth.json;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// A JSON value. Objects keep their keys sorted, as every answer of ours does.
///
/// The reading methods below never throw on a missing or differently typed value: engines leave fields out at will.
public sealed interface Json {
    /// An object; a key stands once.
    record Obj(SortedMap<String, Json> entries) implements Json {
        public Obj {
            entries = Collections.unmodifiableSortedMap(entries);
        }

        public static Obj empty() {
            return new Obj(new TreeMap<>());
        }
    }

    /// An array.
    record Arr(List<Json> items) implements Json {
        public Arr {
            items = List.copyOf(items);
        }
    }

    /// A string.
    record Str(String value) implements Json {}

    /// A number, exact.
    record Num(BigDecimal value) implements Json {}

    /// true or false.
    record Bool(boolean value) implements Json {}

    /// null.
    record Null() implements Json {
        public static final Null VALUE = new Null();
    }

    static Json of(String value) {
        return new Str(value);
    }

    static Json of(long value) {
        return new Num(BigDecimal.valueOf(value));
    }

    /// @param value finite; whole ones are written without a fraction
    static Json of(double value) {
        return new Num(BigDecimal.valueOf(value));
    }

    static Json of(boolean value) {
        return new Bool(value);
    }

    /// An array of strings.
    static Json of(Iterable<String> values) {
        var items = new java.util.ArrayList<Json>();
        for (String value : values) items.add(new Str(value));
        return new Arr(items);
    }

    /// An object of strings.
    static Json of(Map<String, String> values) {
        var entries = new TreeMap<String, Json>();
        values.forEach((key, value) -> entries.put(key, new Str(value)));
        return new Obj(entries);
    }

    /// The value of a key; null where there is none, or where this is no object.
    default Json get(String key) {
        if (!(this instanceof Obj object)) return Null.VALUE;
        Json value = object.entries().get(key);
        return value == null ? Null.VALUE : value;
    }

    /// The value at the end of a path of keys; null where it does not lead anywhere.
    default Json at(String... path) {
        Json here = this;
        for (String key : path) here = here.get(key);
        return here;
    }

    default boolean isNull() {
        return this instanceof Null;
    }

    /// The string, if this is one.
    default Optional<String> text() {
        return this instanceof Str string ? Optional.of(string.value()) : Optional.empty();
    }

    /// The string, or an empty one.
    default String textOrEmpty() {
        return text().orElse("");
    }

    /// The string, if this is one and it is not empty: engines write "" for absent.
    default Optional<String> someText() {
        return text().filter(it -> !it.isEmpty());
    }

    /// The whole number, if this is one within 64 bits; unsigned ones beyond are cut to the largest.
    default OptionalLong whole() {
        if (!(this instanceof Num number)) return OptionalLong.empty();
        BigDecimal value = number.value();
        if (value.signum() != 0 && value.precision() - value.scale() > 19) return OptionalLong.of(signedMax(value));
        if (value.stripTrailingZeros().scale() > 0) return OptionalLong.empty();
        if (value.toBigInteger().bitLength() > 63) return OptionalLong.of(signedMax(value));
        return OptionalLong.of(value.longValueExact());
    }

    /// The whole number, if this is one within 64 bits: for what people ask for, where nothing may be cut.
    default OptionalLong exactWhole() {
        boolean fits = this instanceof Num(BigDecimal value)
                && value.precision() - value.scale() <= 19
                && value.toBigInteger().bitLength() <= 63;
        return fits ? whole() : OptionalLong.empty();
    }

    default long wholeOr(long otherwise) {
        return whole().orElse(otherwise);
    }

    /// True only for `true`.
    default boolean isTrue() {
        return this instanceof Bool bool && bool.value();
    }

    /// The items, if this is an array; else none.
    default List<Json> items() {
        return this instanceof Arr array ? array.items() : List.of();
    }

    /// The strings among the items.
    default List<String> texts() {
        return items().stream().flatMap(it -> it.text().stream()).toList();
    }

    /// The entries, if this is an object; else none.
    default Map<String, Json> fields() {
        return this instanceof Obj object ? object.entries() : Map.of();
    }

    /// What this is, in a word for a message.
    default String kind() {
        return switch (this) {
            case Obj _ -> "an object";
            case Arr _ -> "a list";
            case Str _ -> "a string";
            case Num _ -> "a number";
            case Bool _ -> "a boolean";
            case Null _ -> "null";
        };
    }

    private static long signedMax(BigDecimal value) {
        return value.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
}
