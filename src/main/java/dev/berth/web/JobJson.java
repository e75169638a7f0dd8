package dev.berth.web;

import dev.berth.jobs.Item;
import dev.berth.jobs.JobView;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import java.util.TreeMap;

/// Jobs in the API's words.
final class JobJson {
    private JobJson() {}

    static Json json(JobView job) {
        var items = new TreeMap<String, Json>();
        job.items().forEach((name, item) -> items.put(name, json(item)));
        var object = new ObjBuilder()
                .put("id", job.id())
                .put("kind", job.kind())
                .put("state", job.state().word())
                .put("requested_by", job.requestedBy())
                .put("created", job.created())
                .putTime("started", job.started())
                .putTime("finished", job.finished())
                .put("percent", rounded(job.percent()))
                .put("needs_attention", job.needsAttention())
                .put("items", new Json.Obj(items));
        job.detail().ifPresent(it -> object.put("detail", it));
        return object.build();
    }

    private static Json json(Item item) {
        var object = new ObjBuilder()
                .put("state", item.state().word())
                .put("percent", rounded(item.percent()))
                .put("current_bytes", item.currentBytes())
                .put("total_bytes", item.totalBytes())
                .putText("digest_before", item.digestBefore())
                .putText("digest_after", item.digestAfter())
                .putText("error", item.error());
        item.more().forEach(object::put);
        return object.build();
    }

    /// To a tenth, downwards: 100 is for what is done.
    private static double rounded(double percent) {
        return Math.floor(percent * 10) / 10;
    }
}
