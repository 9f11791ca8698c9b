// SPDX-License-Identifier: Apache-2.0

// One import is enough: edits and their settings are the input, and reports name encoders.
@_exported public import ComposeScene
@_exported public import Encoders
