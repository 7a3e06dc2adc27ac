/** Partition and region of a topic. */
const topicArn = /^arn:(aws(?:-[a-z]+)*):sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[\w-]{1,256}(?:\.fifo)?$/

export function isTopicArn(text: string): boolean {
  return topicArn.test(text)
}

/** The one host of SNS in the topic's region; undefined for what is no ARN of a topic. */
export function snsHost(arn: string): string | undefined {
  const [, partition, region] = topicArn.exec(arn) ?? []
  return region && `sns.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`
}
