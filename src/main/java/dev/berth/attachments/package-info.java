/// What containers are attached to: networks and volumes. The engine is asked for them each time.
@NullMarked
package dev.berth.attachments;

import org.jspecify.annotations.NullMarked;
