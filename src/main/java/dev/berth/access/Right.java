package dev.berth.access;

/// What a route needs its caller to be allowed to do.
public enum Right {
    /// See containers, images, jobs and figures.
    READ,
    /// Make containers, networks and volumes.
    CREATE,
    /// Start, stop and change containers.
    OPERATE,
    /// Remove containers, networks and volumes.
    REMOVE,
    /// Pull and update images, and cancel that.
    PULL,
    /// Replace containers by successors from newer images.
    UPDATE,
    /// Remove images.
    REMOVE_IMAGE,
    /// See secret-looking values of environments.
    SECRETS
}
