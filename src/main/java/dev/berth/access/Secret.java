package dev.berth.access;

/// Something that must not appear in a log: it prints as stars.
public record Secret(String reveal) {
    @Override
    public String toString() {
        return "******";
    }
}
