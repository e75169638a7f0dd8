package dev.berth.inside;

/// In which form somebody wants to have what is at a path.
public enum FileForm {
    /// A tar, of a link the link itself.
    TAR,
    /// The bytes of one regular file, to which links are followed.
    BYTES,
    /// Of a file its bytes, of anything else a tar; links are followed.
    NATURAL
}
