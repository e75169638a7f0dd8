package dev.berth.mirror;

import static dev.berth.mirror.MirrorBench.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.EngineStream;
import dev.berth.engine.PullStep;
import dev.berth.engine.RegistryAuth;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MirroredImagesTest {
    private static final ImageRef APP = ImageRef.parse("app:1");

    private final MirrorBench bench = new MirrorBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void imagesThatAreThereAreShown() {
        bench.engine.imageStore().put("app:1");
        bench.engine.imageStore().put("other");
        bench.connected();
        assertTrue(bench.isTrue());
    }

    @Test
    void aPullBySomebodyElseIsShown() {
        bench.connected();
        bench.engine.imageStore().publish("app:1", 1);
        pull("app:1");
        eventually(() -> bench.mirror.snapshot().image(APP).isPresent());
    }

    @Test
    void aTagBySomebodyElseIsShown() {
        Image image = bench.engine.imageStore().put("app:1");
        bench.connected();
        bench.engine.imageStore().tag(image.id(), "mine:2");
        eventually(() -> bench.mirror.snapshot().image(ImageRef.parse("mine:2")).isPresent());
    }

    @Test
    void aTagThatMovesIsTakenFromItsOldImageThoughNobodySaysSo() {
        Image old = bench.engine.imageStore().put("app:1");
        Image other = bench.engine.imageStore().put("other");
        bench.connected();
        bench.engine.imageStore().tag(other.id(), "app:1");
        eventually(() -> shownTags(old).isEmpty() && shownTags(other).contains(APP));
    }

    @Test
    void aPullThatMovesATagIsSeenOnBothImages() {
        Image old = bench.engine.imageStore().put("app:1");
        bench.connected();
        bench.engine.imageStore().publish("app:1", 2);
        pull("app:1");
        eventually(() -> shownTags(old).isEmpty()
                && bench.mirror
                        .snapshot()
                        .image(APP)
                        .filter(it -> !it.id().equals(old.id()))
                        .isPresent());
    }

    @Test
    void podmansPullNamesTheImageAndItsTag() {
        Image old = bench.engine.imageStore().put("app:1");
        Image other = bench.engine.imageStore().put("other");
        bench.connected();
        bench.engine.eventBus().off();
        bench.engine.imageStore().tag(other.id(), "app:1");
        bench.engine.eventBus().on();
        bench.engine.eventBus().say("image", "pull", other.id().text(), Map.of("name", "app:1"));
        eventually(() -> shownTags(old).isEmpty() && shownTags(other).contains(APP));
    }

    @Test
    void aRemovedImageIsGone() {
        Image image = bench.engine.imageStore().put("app:1");
        bench.connected();
        bench.engine.images().remove(image.id(), false);
        eventually(() -> !bench.mirror.snapshot().images().containsKey(image.id()));
    }

    @Test
    void anImageThatWasGoneMayComeBack() {
        Image image = bench.engine.imageStore().put("app:1");
        bench.connected();
        bench.engine.images().remove(image.id(), false);
        assertTrue(bench.mirror.refresh(image.id()).isEmpty());
        bench.engine.imageStore().put("app:1");
        assertEquals(image.id(), bench.mirror.refresh(APP).orElseThrow().id());
    }

    @Test
    void withoutEventsAWriteShowsAfterRefresh() {
        Image old = bench.engine.imageStore().put("app:1");
        bench.connected();
        bench.engine.eventBus().off();
        bench.engine.imageStore().publish("app:1", 2);
        pull("app:1");
        Image now = bench.mirror.refresh(APP).orElseThrow();
        assertEquals(bench.engine.images().inspect(APP).orElseThrow(), now);
        assertEquals(List.of(), shownTags(old));
        bench.engine.images().remove(APP, false);
        assertTrue(bench.mirror.refresh(APP).isEmpty());
    }

    @Test
    void manyRefreshesOfOneReferenceAtOnceAllReturn() throws Exception {
        bench.engine.imageStore().put("app:1");
        bench.connected();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < 50; i++)
                all.add(threads.submit(() -> {
                    for (int j = 0; j < 20; j++) {
                        bench.engine.eventBus().say("image", "pull", "app:1");
                        assertTrue(bench.mirror.refresh(APP).isPresent());
                    }
                }));
            for (var one : all) one.get();
        }
    }

    @Test
    void namesThatAreNoReferencesDoNoHarm() {
        bench.connected();
        bench.engine.eventBus().say("image", "untag", "not a reference", Map.of("name", "NOR THIS"));
        bench.engine.eventBus().say("image", "delete", "", Map.of());
        bench.engine.imageStore().put("app:1");
        eventually(() -> bench.mirror.snapshot().image(APP).isPresent());
        assertTrue(bench.mirror.snapshot().state().connected());
    }

    private List<ImageRef> shownTags(Image image) {
        Image shown = bench.mirror.snapshot().images().get(image.id());
        return shown == null ? List.of() : shown.tags();
    }

    private void pull(String reference) {
        try (EngineStream<PullStep> steps = bench.engine.images().pull(ImageRef.parse(reference), RegistryAuth.NONE)) {
            while (steps.next().isPresent()) {
                // to its end
            }
        }
    }
}
