package dev.berth.access;

/// What a route needs its caller to be allowed to do.
public enum Right {
    /// See containers, images, jobs and figures.
    READ,
    /// Make containers.
    CREATE,
    /// Remove containers.
    REMOVE,
    /// Pull and update images, and cancel that.
    PULL,
    /// Remove images.
    REMOVE_IMAGE
}
