// First, so that its order of layers is the first that a browser reads.
import './theme.css'

// charts
export { type Bar, BarChart, type BarPart } from './charts/BarChart.tsx'
export type { ChartTable } from './charts/ChartFrame.tsx'
export type { ChartColor } from './charts/color.ts'
export { Donut } from './charts/Donut.tsx'
export { IntervalChart, type IntervalRow } from './charts/IntervalChart.tsx'
export { type DrawnNode, LineageGraph } from './charts/LineageGraph.tsx'
export { LineChart, type LineSeries } from './charts/LineChart.tsx'
export type { LineageEdge, LineageNode } from './charts/lineage.ts'
export { dayToTime, movedBy, type Point } from './charts/points.ts'
export { type RankedShare, type Share, ShareBar, ShareList } from './charts/ShareBar.tsx'
export { Sparkline } from './charts/Sparkline.tsx'
export { Timeline, type TimelineItem } from './charts/Timeline.tsx'
export { numberAxis, type Step, type TimeAxis } from './charts/timeAxis.ts'

// client
export { Answer } from './client/Answer.tsx'
export { ask } from './client/ask.ts'
export { invalidate, onSignedOut, startAnew, useConnection } from './client/browserApi.ts'
export type { ConnectionState } from './client/connection.ts'
export { type MutateOptions, mutate, type Outcome, type SuccessData } from './client/mutate.ts'
export { type Issue, type LastSave, Problem } from './client/problem.ts'
export type { TypedDocument, UntypedDocument } from './client/typedDocument.ts'
export type { LiveSource } from './client/useLive.ts'
export { type MutationOptions, type RunMutation, useMutation } from './client/useMutation.ts'
export { type Query, type QueryOptions, useQuery } from './client/useQuery.ts'
export { type SubscriptionOptions, useSubscription } from './client/useSubscription.ts'

// components
export type { QueryState } from './client/watchedQuery.ts'
export { Avatar } from './components/Avatar.tsx'
export { Badge, type Tone } from './components/Badge.tsx'
export {
  Button,
  type ButtonProps,
  type ButtonSize,
  type ButtonVariant,
  IconButton,
  type IconButtonProps,
  type Pressed,
} from './components/Button.tsx'
export { ButtonLink, type ButtonLinkProps } from './components/ButtonLink.tsx'
export { Checkbox, CheckboxGroup, type CheckboxGroupProps, type CheckboxProps } from './components/Checkbox.tsx'
export { CodeBlock, JsonView } from './components/CodeBlock.tsx'
export { ComboBox, type ComboBoxProps } from './components/ComboBox.tsx'
export { ConfirmDialog } from './components/ConfirmDialog.tsx'
export { CopyButton, CopyField } from './components/CopyField.tsx'
export type { Day } from './components/calendarDays.ts'
export { type Question, useConfirm } from './components/confirm.ts'
export { DateRangePicker } from './components/DateRangePicker.tsx'
export { Dialog, type DialogProps, Drawer } from './components/Dialog.tsx'
export { Diff } from './components/Diff.tsx'
export {
  type Comparison,
  comparisons,
  type DaySpan,
  type RangeChoice,
  type RangePreset,
  type ResolvedRange,
  rangePresets,
  resolveRange,
} from './components/dateRange.ts'
export { EmptyState } from './components/EmptyState.tsx'
export { Failure } from './components/Failure.tsx'
export type { FieldProps } from './components/Field.tsx'
export { Kbd } from './components/Kbd.tsx'
export {
  Card,
  Columns,
  DescriptionList,
  type Gap,
  Row,
  Section,
  type SectionProps,
  Stack,
} from './components/layout.tsx'
export { loadedLater } from './components/loadedLater.ts'
export { MenuButton, type MenuButtonProps, type MenuEntry, type MenuGroup } from './components/Menu.tsx'
export { Note } from './components/Note.tsx'
export { NumberField, type NumberFieldProps } from './components/NumberField.tsx'
export { OverlayHost } from './components/OverlayHost.tsx'
export { Meter, ProgressBar } from './components/ProgressBar.tsx'
export { RadioGroup, type RadioGroupProps } from './components/RadioGroup.tsx'
export { SegmentedControl } from './components/SegmentedControl.tsx'
export { type Option, Select, type SelectProps } from './components/Select.tsx'
export { Skeleton } from './components/Skeleton.tsx'
export { Spinner } from './components/Spinner.tsx'
export { Switch, type SwitchProps } from './components/Switch.tsx'
export { type TabItem, Tabs } from './components/Tabs.tsx'
export { TextArea, type TextAreaProps } from './components/TextArea.tsx'
export { TextField, type TextFieldProps } from './components/TextField.tsx'
export { TimeAgo } from './components/TimeAgo.tsx'
export { Tooltip } from './components/Tooltip.tsx'
export { type ToastOptions, toast } from './components/toast.ts'

// dashboard
export { type Counted, Decision, DecisionCount, DecisionsOf, DecisionsPending } from './dashboard/Decision.tsx'
export { type ChosenRange, rangeChange, rangeSearch, useRange } from './dashboard/range.ts'
export { Stat } from './dashboard/Stat.tsx'

// forms
export { ConflictDialog, type ConflictField } from './forms/ConflictDialog.tsx'
export { Form, FormActions } from './forms/Form.tsx'
export { type FieldBinding, type FormOptions, type FormState, useForm } from './forms/useForm.ts'
export { type Saved, type SharedEdit, useSharedEdit } from './forms/useSharedEdit.tsx'

// language
export { createFormat, type Format, useFormat } from './language/format.ts'
export {
  type Chosen,
  type Language,
  LanguageProvider,
  languages,
  useLanguage,
  useWords,
  type Words,
} from './language/language.tsx'
export { defineMessages, type Messages, useMessages } from './language/messages.ts'
export { plural } from './language/plural.ts'

// list
export { List, type ListProps } from './list/List.tsx'
export type {
  BulkAction,
  BulkOutcome,
  ListColumn,
  ListConnection,
  ListFilter,
  ListRow,
  ListState,
} from './list/listDefinition.ts'
export { listSearch } from './list/listSearch.ts'
export { chosenOf, containing, daysOf, orderOf } from './list/listVariables.ts'
export type { PageVariables } from './list/PageOfRows.tsx'

// plugin
export { asError } from './plugin/asError.ts'
export { Contribution } from './plugin/Contribution.tsx'
export type { Claimed, ContributionFault } from './plugin/contributionFaults.ts'
export {
  type Contributions,
  ContributionsProvider,
  contributionsOf,
  useContributions,
} from './plugin/contributions.tsx'
export { type Elsewhere, elsewhere } from './plugin/elsewhere.ts'
export { LinkElsewhere } from './plugin/LinkElsewhere.tsx'
export { Panels } from './plugin/Panels.tsx'
export {
  type Command,
  type DashboardRange,
  type Decisions,
  definePluginAdmin,
  type FoundObject,
  type Load,
  type NavigationEntry,
  type ObjectSearch,
  type Panel,
  type PluginAdmin,
  type Section as NavigationSection,
  sections,
  type Widget,
} from './plugin/pluginAdmin.ts'
export { useElsewhere } from './plugin/useElsewhere.ts'
export { useViewer, type Viewer, ViewerProvider } from './plugin/viewer.tsx'

// routing
export { AddressLink, useGoToAddress } from './routing/AddressLink.tsx'
export { globalId, plainId } from './routing/ids.ts'
export {
  type GoTo,
  Link,
  type LinkProps,
  type Target,
  type TargetArguments,
  TargetLink,
  target,
  type UnsavedQuestion,
  useGoTo,
  useGoToTarget,
  useHref,
  usePage,
  useUnsavedGuard,
} from './routing/navigation.tsx'
export { PageFrame } from './routing/PageFrame.tsx'
export { type Page, type PathParams, page, type SearchSchema, type StateOf } from './routing/page.ts'
export { RouterProvider } from './routing/RouterProvider.tsx'
export { type AnyTarget, createRouter, type Place, type Router, usePlace, useRouter } from './routing/router.ts'

// theme
export { ThemeChoice } from './theme/ThemeChoice.tsx'
export { type Theme, themes, useTheme } from './theme/theme.ts'
