package dev.berth.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.engine.EngineEvent;
import dev.berth.model.ContainerId;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What each event asks for.
class EventHintsTest {
    private static final String ID = "a".repeat(64);
    private final List<String> told = new ArrayList<>();
    private static final String IMAGE = "sha256:" + "b".repeat(64);

    @Test
    void whateverHappensToAContainerAsksForALookAtIt() {
        for (String action : List.of(
                "create",
                "start",
                "restart",
                "stop",
                "kill",
                "die",
                "pause",
                "unpause",
                "rename",
                "health_status: healthy")) assertEquals(List.of("look aaaa"), asked("container", action, ID), action);
    }

    @Test
    void whatTwoLooksDoNotShowIsToldAfterTheLook() {
        for (String action : List.of("create", "start", "die", "stop", "oom", "pause", "destroy"))
            asked("container", action, ID);
        asked("image", "pull", "busybox", Map.of("name", "busybox"));
        asked("image", "tag", IMAGE, Map.of("name", "busybox:1"));
        assertEquals(
                List.of("aaaa create", "aaaa start", "aaaa die", "aaaa stop", "aaaa oom", "pull busybox:latest"), told);
    }

    @Test
    void anUpdateAsksForTwoLooks() {
        assertEquals(List.of("look twice aaaa"), asked("container", "update", ID));
    }

    @Test
    void aDestroyIsBelieved() {
        assertEquals(List.of("destroyed aaaa"), asked("container", "destroy", ID));
    }

    @Test
    void outOfMemoryIsRememberedBeforeTheLook() {
        assertEquals(List.of("oom aaaa 1970-01-01T00:00:01.000000002Z", "look aaaa"), asked("container", "oom", ID));
    }

    @Test
    void whatNamesNobodyAsksForAList() {
        assertEquals(List.of("list"), asked("container", "prune", ""));
        assertEquals(List.of("list"), asked("volume", "create", "v"));
        assertEquals(List.of("list"), asked("network", "prune", ""));
        assertEquals(List.of("list"), asked("network", "destroy", "n"));
        assertEquals(List.of("list images"), asked("image", "prune", ""));
    }

    @Test
    void aNetworkNamesItsContainer() {
        assertEquals(List.of("look aaaa"), asked("network", "connect", "n", Map.of("container", ID)));
        assertEquals(List.of("look aaaa"), asked("network", "disconnect", "n", Map.of("container", ID)));
        assertEquals(List.of(), asked("network", "create", "n"));
    }

    @Test
    void dockersPullNamesAReference() {
        assertEquals(List.of("look at nginx:1"), asked("image", "pull", "nginx:1", Map.of("name", "nginx")));
    }

    @Test
    void podmansPullNamesAnImageAndAReference() {
        assertEquals(List.of("look bbbb", "look at nginx:1"), asked("image", "pull", IMAGE, Map.of("name", "nginx:1")));
    }

    @Test
    void aTagNamesItsImageAndTheReferenceThatAnotherMayHaveLost() {
        assertEquals(List.of("look bbbb", "look at nginx:1"), asked("image", "tag", IMAGE, Map.of("name", "nginx:1")));
        assertEquals(List.of("look bbbb"), asked("image", "untag", IMAGE, Map.of("name", IMAGE)));
        assertEquals(List.of("look bbbb"), asked("image", "delete", IMAGE));
        assertEquals(List.of("look bbbb"), asked("image", "load", IMAGE.substring("sha256:".length())));
    }

    @Test
    void aReloadAsksForTheHost() {
        assertEquals(List.of("host"), asked("daemon", "reload", "x"));
    }

    @Test
    void whatTheMirrorDoesNotShowAsksForNothing() {
        assertEquals(List.of(), asked("plugin", "enable", "x"));
        assertEquals(List.of(), asked("service", "update", "x"));
    }

    private List<String> asked(String type, String action, String id) {
        return asked(type, action, id, Map.of());
    }

    private List<String> asked(String type, String action, String id, Map<String, String> attributes) {
        List<String> asked = new ArrayList<>();
        EventHints.follow(new EngineEvent(type, action, id, attributes, 1_000_000_002), new EventHints.Target() {
            @Override
            public void heard(ContainerId it) {
                told.add(it.hex().substring(0, 4) + " " + action);
            }

            @Override
            public void pulled(ImageRef it) {
                told.add("pull " + it);
            }

            @Override
            public void look(ContainerId it) {
                asked.add("look " + it.hex().substring(0, 4));
            }

            @Override
            public void lookTwice(ContainerId it) {
                asked.add("look twice " + it.hex().substring(0, 4));
            }

            @Override
            public void destroyed(ContainerId it) {
                asked.add("destroyed " + it.hex().substring(0, 4));
            }

            @Override
            public void outOfMemory(ContainerId it, Instant when) {
                asked.add("oom " + it.hex().substring(0, 4) + " " + when);
            }

            @Override
            public void look(ImageId it) {
                asked.add("look " + it.hex().substring(0, 4));
            }

            @Override
            public void look(ImageRef reference) {
                asked.add("look at " + reference);
            }

            @Override
            public void listSoon() {
                asked.add("list");
            }

            @Override
            public void listImagesSoon() {
                asked.add("list images");
            }

            @Override
            public void askHost() {
                asked.add("host");
            }
        });
        return asked;
    }
}
