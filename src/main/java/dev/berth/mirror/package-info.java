/// The engine's containers and images in memory, kept true by inspects that events hint at.
@NullMarked
package dev.berth.mirror;

import org.jspecify.annotations.NullMarked;
