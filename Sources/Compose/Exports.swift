// SPDX-License-Identifier: Apache-2.0

// One import is enough: an edit and its settings are part of what is rendered, and reports name encoders.
@_exported public import ComposeScene
@_exported public import Encoders
