/// Carries HTTP to the engine over a unix socket or TCP, with TLS, time limits and cancelling.
@NullMarked
package dev.berth.engine.wire;

import org.jspecify.annotations.NullMarked;
