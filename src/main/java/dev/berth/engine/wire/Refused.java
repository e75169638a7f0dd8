package dev.berth.engine.wire;

import dev.berth.model.Failure;
import java.util.Optional;

/// The engine answered with an error status. Checked, so that every caller says what it means in our words.
public final class Refused extends Exception {
    private final int status;
    private final Optional<String> message;

    Refused(Request request, Answer answer) {
        super("status " + answer.status() + " to " + request.method() + " " + request.path());
        this.status = answer.status();
        this.message = answer.message();
    }

    public int status() {
        return status;
    }

    /// Whether it is an engine's refusal at all, and not, say, a proxy's page or an endpoint that does not exist.
    public boolean hasMessage() {
        return message.isPresent();
    }

    /// What the engine said.
    ///
    /// @throws Failure.EngineNonsense if it said nothing
    public String message() {
        return message.orElseThrow(() ->
                new Failure.EngineNonsense("the engine answered with " + getMessage() + " and did not say why", this));
    }
}
