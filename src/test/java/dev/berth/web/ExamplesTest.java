package dev.berth.web;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.Harbour;
import dev.berth.engine.SpecDraft;
import dev.berth.house.ApiDocument;
import dev.berth.house.ApiDocument.Sendable;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whoever copies an example out of the document gets an answer of it, and never that they wrote it wrong.
@Timeout(120)
class ExamplesTest {
    private final Harbour harbour = new Harbour();
    private final Desk desk = new Desk(Routes.all(harbour.rooms(), InstantSource.system(), "quay", "0"));

    @BeforeEach
    void open() {
        harbour.engine.size("10g", 8);
        harbour.engine.imageStore().put("here");
        harbour.open();
    }

    @AfterEach
    void close() {
        harbour.close();
    }

    @Test
    void everyExampleOfARequestIsUnderstood() {
        List<Sendable> all = ApiDocument.ours().examplesOfRequests();
        assertTrue(all.size() > 20, () -> "only " + all.size());
        for (Sendable one : all) {
            if (harbour.snapshot().containers().values().stream()
                    .noneMatch(it -> it.name().equals("stupefied_einstein")))
                harbour.foreign(SpecDraft.of("here").named("stupefied_einstein").spec());
            Desk.Reply reply = ask(one);
            assertTrue(
                    reply.status() != 400 && reply.status() != 405 && reply.status() != 415 && reply.status() < 500,
                    () -> one.method() + " " + one.target() + " " + one.body().orElse("") + " -> " + reply.text());
        }
    }

    /// The desk holds each answer against the document.
    private Desk.Reply ask(Sendable one) {
        Optional<String> body = one.body();
        return body.isPresent()
                ? desk.ask(one.method(), one.target(), body.get())
                : desk.ask(one.method(), one.target());
    }
}
