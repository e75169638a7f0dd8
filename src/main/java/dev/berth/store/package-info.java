/// The embedded database: opened when it is first needed, migrated, and used in transactions.
@NullMarked
package dev.berth.store;

import org.jspecify.annotations.NullMarked;
