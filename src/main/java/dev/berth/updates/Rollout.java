package dev.berth.updates;

import dev.berth.images.Images;
import dev.berth.images.UpToDate;
import dev.berth.jobs.Item;
import dev.berth.jobs.Job;
import dev.berth.jobs.JobState;
import dev.berth.model.Container;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/// A new image for several containers that nobody looks at: one after the other, and no further than the first
/// that is put back. Different images do not wait for each other.
final class Rollout {
    private final Updates updates;
    private final Images images;
    private final Job job;

    Rollout(Updates updates, Images images, Job job) {
        this.updates = updates;
        this.images = images;
        this.job = job;
    }

    void run(List<Container> some) throws InterruptedException {
        Map<String, List<Container>> ofImage =
                some.stream().collect(Collectors.groupingBy(Container::image, LinkedHashMap::new, Collectors.toList()));
        try (var upToDate = images.upToDate(job);
                var threads = Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("rollout").factory())) {
            for (List<Container> same : ofImage.values()) threads.execute(() -> oneByOne(same, upToDate));
        }
        if (Thread.interrupted()) throw new InterruptedException();
    }

    private void oneByOne(List<Container> same, UpToDate upToDate) {
        String failed = "";
        for (Container container : same) {
            if (failed.isEmpty()) {
                updates.one(job, container, upToDate);
                if (stands(container).equals(JobState.FAILED)) failed = container.name();
            } else {
                String why = "not begun: " + failed + ", of the same image, was put back";
                job.item(container.name(), it -> it.skipped(why));
            }
        }
    }

    private JobState stands(Container container) {
        Item item = job.view().items().get(container.name());
        return item == null ? JobState.FAILED : item.state();
    }
}
