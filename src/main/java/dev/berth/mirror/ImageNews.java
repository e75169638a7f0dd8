package dev.berth.mirror;

import dev.berth.engine.EngineEvent;
import dev.berth.feed.Feed;
import dev.berth.feed.Happening;
import dev.berth.feed.Kind;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import java.util.List;
import java.util.Optional;

/// Tells the feed what became of an image: which names it got and lost, from the difference between two looks; and that
/// one was pulled, which only an event tells. Called under the table's lock.
final class ImageNews {
    private final Feed feed;
    private final Heard<ImageRef> pulls = new Heard<>();

    ImageNews(Feed feed) {
        this.feed = feed;
    }

    Heard<ImageRef> pulls() {
        return pulls;
    }

    /// What nobody is told, as everything is looked at for the first time.
    void skip(ImageRef reference) {
        var _ = pulls.all(reference);
    }

    void saw(Optional<Image> before, Image after) {
        List<ImageRef> had = before.map(Image::tags).orElse(List.of());
        names(had, after.tags(), after, "untagged");
        names(after.tags(), had, after, "tagged");
    }

    void gone(Image last) {
        names(last.tags(), List.of(), last, "untagged");
        feed.publish(of(last, "deleted"));
    }

    /// What a reference names has been looked at since.
    ///
    /// @param image none if it has been removed meanwhile
    void looked(ImageRef reference, Optional<Image> image) {
        for (EngineEvent _ : pulls.due(reference)) {
            Happening pulled = image.map(it -> of(it, "pulled"))
                    .orElseGet(() -> Happening.of(Kind.IMAGE, "pulled")
                            .with("id", Optional.empty())
                            .with("short_id", Optional.empty()));
            feed.publish(pulled.with("reference", reference.toString()));
        }
    }

    /// Those of the first that are not among the second.
    private void names(List<ImageRef> some, List<ImageRef> others, Image image, String action) {
        for (ImageRef name : some)
            if (!others.contains(name)) feed.publish(of(image, action).with("reference", name.toString()));
    }

    private static Happening of(Image image, String action) {
        return Happening.of(Kind.IMAGE, action)
                .labelled(image.labels())
                .with("id", image.id().text())
                .with("short_id", image.id().shortId());
    }
}
